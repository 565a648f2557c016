"""How numbers, moments, statuses and names from outside read to people, alike everywhere.

No medium's own markup: messages, pages, digests and notebooks add theirs.
"""
