"""One-time links: what lets somebody in who has no password yet, or has forgotten it."""
