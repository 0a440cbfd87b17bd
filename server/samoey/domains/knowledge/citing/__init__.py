"""Whether a citation holds: the lines exist, the text stands there, and they hold what is said."""
