"""The formats of files: from stored bytes to batches of source columns, all text.

One module for each format, what a format is split or parsed with beside it. Adding a format: a
reader here, a `Format` and its suffixes in `feed.py`, a line in `read.py`.
"""
