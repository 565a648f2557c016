"""Collecting: raw files of any shape become canonical rows (specification §2.1).

Reads what `feeds.yaml` declares, file by file. Knows nothing of the ledger, the lake or the
expectation suites: what cannot be split or cast is handed back as a reject with its reason.
"""
