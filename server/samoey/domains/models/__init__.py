"""Language models: which are connected, and the one door through which all are asked."""
