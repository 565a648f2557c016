"""The live page: one evaluation for all who look, and what changed sent to each."""
