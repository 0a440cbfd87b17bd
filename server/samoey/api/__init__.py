"""Puts the doors of all rooms into one house."""
