"""Models that turn texts into vectors here, one file each."""
