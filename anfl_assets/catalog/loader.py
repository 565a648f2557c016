"""Reading the catalog's six files into one `Catalog`, or into every fault they have.

The order is the order of dependence: §2 and §4 name tables, severities and panels; §1 refers to
them; §3 and §5 refer to metrics. Nothing here needs Polars: `anfl status` pays only for YAML.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from anfl_assets.catalog.alert_entries import read_alert_rules, read_severities
from anfl_assets.catalog.duration import parse_cadence
from anfl_assets.catalog.entry import Entry, read_document
from anfl_assets.catalog.metric_entry import Vocabulary, read_metric
from anfl_assets.catalog.metric_uses import (
    read_correlations,
    read_cycle,
    read_forecasts,
    read_protocols,
    read_trends,
)
from anfl_assets.catalog.model import Catalog, Metric
from anfl_assets.catalog.section_entries import (
    read_measures,
    read_panels,
    read_pipeline,
    read_sources,
)
from anfl_assets.catalog.sections import Dashboard
from anfl_assets.errors import CatalogError, Fault

FOLDER = Path(__file__).parent

# The blocks of the specification each file mirrors.
FILES: Mapping[str, tuple[str, ...]] = {
    "metrics.yaml": ("system_metrics", "business_metrics"),
    "collection.yaml": ("automated_collection", "manual_collection", "processing_pipeline"),
    "analysis.yaml": ("analysis_methods", "predictive_models"),
    "reporting.yaml": ("dashboards",),
    "alerts.yaml": ("alert_framework",),
    "actions.yaml": ("response_protocols", "optimization_cycle"),
}


def load_catalog(folder: Path | None = None) -> Catalog:
    """Read the catalog in `folder`, by default the one this package carries.

    Raises:
        CatalogError: anything is wrong; it lists every fault of every file.
    """
    faults: list[Fault] = []
    documents = {name: read_document((folder or FOLDER) / name, faults) for name in FILES}
    for name, document in documents.items():
        document.only(*FILES[name])
    catalog = _assemble(documents)
    if faults:
        raise CatalogError(faults)
    return catalog


def _assemble(documents: Mapping[str, Entry]) -> Catalog:
    _, collection, analysis, reporting, alerts, actions = (documents[name] for name in FILES)
    sources = read_sources(collection)
    severities = read_severities(alerts)
    panels = read_panels(reporting)
    entities = tuple(entity for source in sources.values() for entity in source.entities)
    known = Vocabulary(entities, tuple(severities), panels)
    metrics = _metrics(documents["metrics.yaml"], known)
    return Catalog(
        metrics=metrics,
        sources=sources,
        pipeline=read_pipeline(collection),
        trends=read_trends(analysis, metrics),
        correlations=read_correlations(analysis, metrics),
        forecasts=read_forecasts(analysis, metrics),
        dashboards=_dashboards(reporting, panels, metrics),
        severities=severities,
        alert_rules=read_alert_rules(alerts, metrics, tuple(severities)),
        protocols=read_protocols(actions, metrics),
        cycle=read_cycle(actions),
    )


def _metrics(document: Entry, known: Vocabulary) -> dict[str, Metric]:
    metrics: dict[str, Metric] = {}
    entries: dict[str, Entry] = {}
    for section in FILES["metrics.yaml"]:
        for domain, group in document.child(section).children():
            for metric_id, entry in group.children():
                if metric_id in metrics:
                    group.fault(
                        metric_id, "a metric of that name", f"one beside {entries[metric_id].path}"
                    )
                    continue
                metrics[metric_id] = read_metric(section, domain, entry, known)
                entries[metric_id] = entry
    for metric in metrics.values():
        for alias in metric.aliases:
            if alias in metrics:
                decided = entries[metric.metric_id].child("decided")
                decided.fault("aliases", repr(alias), "no other metric's own name")
    return metrics


def _dashboards(
    document: Entry, panels: Mapping[str, tuple[str, ...]], metrics: Mapping[str, Metric]
) -> dict[str, Dashboard]:
    """Read §4.1; each panel shows the metrics that name it, then the measures that do."""
    dashboards: dict[str, Dashboard] = {}
    for name, entry in document.child("dashboards").children():
        entry.only("update_frequency", "metrics", "decided")
        measures = read_measures(entry, panels[name])
        shown = {
            panel: (
                *(each.metric_id for each in metrics.values() if each.panels.get(name) == panel),
                *(each.measure_id for each in measures if each.panel == panel),
            )
            for panel in panels[name]
        }
        for panel, ids in shown.items():
            if not ids and metrics:
                entry.fault(
                    "metrics", f"{panel!r}, which shows nothing", "a metric or measure on it"
                )
        frequency = entry.parsed("update_frequency", parse_cadence, "Daily")
        dashboards[name] = Dashboard(name, frequency, shown, measures)
    return dashboards
