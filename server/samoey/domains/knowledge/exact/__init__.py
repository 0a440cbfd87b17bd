"""Exact search: what stands in the code literally, or matches a regular expression."""
