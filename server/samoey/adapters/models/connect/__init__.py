"""How to reach a provider: address, credentials, time limits."""
