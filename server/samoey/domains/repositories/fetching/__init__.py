"""Keeping a repository in step with its source."""
