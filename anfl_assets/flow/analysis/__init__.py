"""§3.1 on a published build: its windows become series, what they show becomes lake tables."""
