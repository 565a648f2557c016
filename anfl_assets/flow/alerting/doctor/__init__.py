"""The doctor's page: does everything work, and what to do where it does not."""
