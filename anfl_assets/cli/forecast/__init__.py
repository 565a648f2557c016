"""`anfl forecast`: what will be, how sure that is, and what such forecasts were worth (§3.2)."""
