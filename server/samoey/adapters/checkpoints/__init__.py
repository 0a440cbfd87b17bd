"""Models whose files lie in a folder of this server: each runs in a process of its own."""
