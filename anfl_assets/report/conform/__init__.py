"""The specification held against what is live: every line, its configuration and its evidence.

Reading lines is `lines.py`, gathering facts `gather.py`; what proves which line is declared in
`registry.py`, and there alone.
"""
