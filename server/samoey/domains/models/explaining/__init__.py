"""Explaining routes: who would be asked for a name at this moment, and why."""
