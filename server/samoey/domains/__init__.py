"""The product: one room per subject."""
