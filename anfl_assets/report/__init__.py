"""Reporting: what a person reads of one published build (specification §4.1)."""
