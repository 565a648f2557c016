"""Collecting: raw files of any shape become canonical rows (specification §2.1).

Reads what `feeds.yaml` declares, file by file. Knows nothing of the ledger, the lake or the
expectation suites: what cannot be split or cast is handed back as a reject with its reason.

At the root: what a feed declares (`feed.py`, `feeds.py`) and its way from a file to rows
(`discover.py`, `read.py`, `mapping.py`). A row's stations, in order: `formats/` or `connect/`,
`shape/`, then `convert/` as `columns/` says. `infer/` drafts a feed for an unseen source.
"""
