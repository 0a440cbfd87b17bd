"""The door for assistants: what the code says, as tools of the Model Context Protocol."""
