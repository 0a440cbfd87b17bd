"""Source files into chunks: what each defines, on which lines, and the rest of it."""
