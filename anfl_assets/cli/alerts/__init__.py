"""`anfl alerts`: a module for each sub-command, and what they share."""
