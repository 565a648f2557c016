"""Dagster's entry point; nothing happens on import, everything is made when it is asked for."""

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """Assemble the assets, checks, jobs and schedules."""
    from anfl_assets.defs.assemble import assemble

    return assemble()
