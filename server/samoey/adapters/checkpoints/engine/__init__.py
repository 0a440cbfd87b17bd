"""What runs a checkpoint by torch and transformers: loaded in a model's own process only."""
