"""The executive digest (§4.1): what one published build says to who reads once a day."""
