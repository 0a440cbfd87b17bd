"""Policies: what the holder of an API key may ask of models, and how much."""
