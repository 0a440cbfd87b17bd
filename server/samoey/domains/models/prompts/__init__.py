"""Prompt templates: named, in numbered versions, and which of them answers how many questions."""
