"""Dagster's view of the pipeline: assets, checks, jobs, schedules. The only importer of dagster.

No arithmetic and no rule lives here; each body calls one function of `flow` and reports it.
"""
