"""Where vectors are kept, and how the nearest of them are found."""
