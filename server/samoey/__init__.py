"""Samoey Copilot: the AI development platform a team runs itself."""

__version__ = "0.1.0"
