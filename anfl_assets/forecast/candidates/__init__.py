"""The models that may take part in a combination, one module for each family."""
