"""One request in several vendors' words: how each is said in the other's, answer and stream too."""
