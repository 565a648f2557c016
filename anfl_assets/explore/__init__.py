"""What an analyst asks from Python: metrics, status and SQL over one published build."""
