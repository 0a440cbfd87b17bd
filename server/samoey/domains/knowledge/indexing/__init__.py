"""Making an index: a child process does the work, the worker tells how far it is."""
