"""What is kept, and where: the data folder, the Delta lake, the ledger.

No rule of the specification and no arithmetic lives here; `flow` decides what is written.
"""
