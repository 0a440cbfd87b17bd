"""How the copilot's answers come to be: found, written, cut, checked, told, kept."""
