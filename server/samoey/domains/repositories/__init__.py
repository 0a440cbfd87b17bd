"""Connected code: brought here from where it lives, kept in step, browsed at any commit."""
