"""Language models: how to connect to each, how to speak with it, what to know about it."""
