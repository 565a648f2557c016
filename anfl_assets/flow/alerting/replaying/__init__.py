"""Replaying: published history or a test's series, through the one step, by any policy."""
