"""The people themselves, apart from how they sign in."""
