"""Fielded BM25 over split identifiers: an index per commit, made of segments that commits share."""
