"""What the words and the meaning of a question find, as one list that can say why."""
