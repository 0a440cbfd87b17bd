"""The rules by which a request finds a model: keys, routes, limits, budgets; no data, no vendor."""
