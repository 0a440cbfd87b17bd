"""Providers and their deployments: where models answer, and with which key."""
