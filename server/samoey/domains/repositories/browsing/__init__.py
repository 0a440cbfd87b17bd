"""Reading a repository at any commit: its branches, folders and files."""
