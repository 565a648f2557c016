"""From the entries of §2 and §4.1 to types: sources, pipeline and dashboards.

These sections refer to nothing else in the catalog; §3 and §5, which speak of metrics, are read in
`metric_uses.py`, §4.2 in `alert_entries.py`.
"""

from __future__ import annotations

from anfl_assets.catalog.duration import parse_cadence, parse_duration, parse_limit
from anfl_assets.catalog.entry import Entry
from anfl_assets.catalog.sections import STORES, Measure, PipelineStep, Source


def read_sources(document: Entry) -> dict[str, Source]:
    """Read §2.1; a canonical table belongs to one source."""
    sources: dict[str, Source] = {}
    owners: dict[str, str] = {}
    for group in ("automated_collection", "manual_collection"):
        for name, entry in document.child(group).children():
            source = _source(name, entry, is_manual=group == "manual_collection")
            for entity in source.entities:
                if owners.setdefault(entity, name) != name:
                    found = f"{entity!r}, which {owners[entity]} has"
                    entry.child("decided").fault("entities", found, "each table at one source")
            sources[name] = source
    return sources


def read_pipeline(document: Entry) -> tuple[PipelineStep, ...]:
    """Read §2.2."""
    pipeline = document.child("processing_pipeline")
    pipeline.only("real_time", "batch", "decided")
    performed_by = pipeline.child("decided").child("performed_by")
    steps = {mode: pipeline.texts(mode) for mode in ("real_time", "batch")}
    performed_by.only(*steps["real_time"], *steps["batch"])
    return tuple(
        PipelineStep(step, mode, performed_by.text(step))
        for mode, each in steps.items()
        for step in each
    )


def read_panels(document: Entry) -> dict[str, tuple[str, ...]]:
    """Read the names of each dashboard's panels (§4.1)."""
    return {name: entry.texts("metrics") for name, entry in document.child("dashboards").children()}


def read_measures(dashboard: Entry, panels: tuple[str, ...]) -> tuple[Measure, ...]:
    """Read what a dashboard's panels show without targets."""
    decided = dashboard.child("decided", {})
    decided.only("measures")
    measures = []
    for measure_id, entry in decided.child("measures", {}).children():
        entry.only("panel", "statistic", "entities")
        panel = entry.choice("panel", panels)
        statistic, entities = entry.text("statistic"), entry.texts("entities")
        measures.append(Measure(measure_id, panel, statistic, entities))
    return tuple(measures)


def _source(name: str, entry: Entry, *, is_manual: bool) -> Source:
    entry.only("source", "frequency", "storage", "retention", "decided")
    decided = entry.child("decided")
    decided.only("store", "entities", "expect_every")
    return Source(
        name=name,
        description=entry.text("source"),
        frequency=entry.parsed("frequency", parse_cadence, "Daily"),
        storage=entry.text("storage"),
        retention=entry.parsed("retention", parse_duration, "Permanent"),
        is_manual=is_manual,
        store=decided.choice("store", STORES),
        entities=decided.texts("entities"),
        expect_every=decided.parsed("expect_every", parse_limit, "1 day"),
    )
