"""§4.2, a pure function of (what is judged, state, policy, now): who is to be told, and why.

`pipeline.step` is the door. Nothing here reads a clock, a file or a database, or sends anything.
"""
