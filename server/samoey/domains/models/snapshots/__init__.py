"""What gateway processes decide by: loaded whole, and soon after every change anew."""
