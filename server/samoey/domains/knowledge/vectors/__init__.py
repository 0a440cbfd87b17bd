"""The meaning of passages as vectors: made behind the words, kept, put on the shelf."""
