"""What a model would be sent for a question, before anybody asks it."""
