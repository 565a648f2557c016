"""Sending: what the outbox holds goes out, each channel on its own, and a dead one is found out."""
