"""Connecting: asking a running system for what is new since the last time.

One module for each kind of system; `connectors.py` knows them by the key a feed names them with.
What they bring is split into source rows; shaping, mapping and judging are the same as for files.
"""
