"""Conversations, their messages, and the copilot's cited answers."""
