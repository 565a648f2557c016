"""The executive digest as something that happens: made, kept by day, told once a day."""
