"""Removing providers and deployments, to which no alias may lead any more."""
