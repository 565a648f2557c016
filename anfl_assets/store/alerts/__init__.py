"""The state of alerting: what fires, who was told, what waits to be sent, what was decided and why.

One database beside the ledger (SQLite, WAL, synchronous=FULL) or PostgreSQL by URL. `records.py`
has the types, which `alert` computes with; nothing here decides anything.
"""
