"""Validation (specification §2.2): rows in, accepted rows and reasons out.

The only door to Great Expectations. The rules are `expectations/<entity>.yaml`; nothing here knows
files, the lake or the ledger.
"""
