"""Snapshots in the object store: published there by whoever made them, brought by whoever asks."""
