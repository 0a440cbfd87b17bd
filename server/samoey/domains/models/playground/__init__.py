"""The playground: a person asks a model directly, to see how it answers."""
