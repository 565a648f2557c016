"""Drafting a feeds file for a file or a running system that nobody here has seen.

A draft is a proposal with its reasons beside it, for a person to check; nothing is ever collected
by a guess. What is looked at is the beginning of a source only.
"""
