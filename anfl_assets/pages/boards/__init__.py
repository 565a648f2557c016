"""The index and the three dashboards of §4.1."""
