"""Incidents and silences: what is wrong, who was told, and what a person answers."""
