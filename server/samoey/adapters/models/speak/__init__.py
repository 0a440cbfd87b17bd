"""How our messages look on a provider's wire, and back."""
