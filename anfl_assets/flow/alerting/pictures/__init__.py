"""The pictures in messages: which windows, and how they are drawn."""
