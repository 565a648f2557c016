"""ANFL Metrics: one catalog from which collection, KPIs, judgement and reports follow.

The package tree is the specification's table of contents; see docs/specification.md.
"""
