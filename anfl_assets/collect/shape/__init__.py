"""Shaping: source rows of any form become one source row for each canonical row.

Steps of a feed's `shape` list, between the reader that splits a file into records and the mapping
that turns source columns into canonical ones. Each step is a module; `steps.py` knows them by name.
"""
