"""Aliases: names that people ask for, and the deployments behind them."""
