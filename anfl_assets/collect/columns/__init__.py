"""The `columns` of a feed: the small language that says where each canonical column comes from.

The types are in `expressions.py`, reading them from YAML in the others; computing them is
`convert/`.
"""
