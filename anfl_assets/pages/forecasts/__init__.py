"""The page of all forecasts, and what the other pages show of them."""
