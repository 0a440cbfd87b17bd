"""Repositories through the git that the machine has, as a subprocess that trusts nobody."""
