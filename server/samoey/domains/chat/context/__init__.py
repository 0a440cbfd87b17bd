"""What a model is shown of the code for a question: chosen, put around, packed, and told."""
