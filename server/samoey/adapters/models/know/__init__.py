"""What the model families of a provider can do."""
