"""Who somebody is: people, sign-in, sessions, API keys, one-time links."""
