"""The seams to the outside world: one file each, with its Protocol, its shapes and its Problems."""
