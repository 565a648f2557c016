"""A metric's definition as a small HTML table: what Jupyter and marimo show of it."""

from __future__ import annotations

from html import escape

from anfl_assets.catalog import Metric

_CELL = "text-align:left;vertical-align:top;padding:1px 16px 1px 0"
_BETTER = {"lower_is_better": "lower is better", "higher_is_better": "higher is better"}


def card(metric: Metric) -> str:
    """Return the definition as HTML without styles of its own, so that it is dark where all is."""
    parts = [each for each in (metric.numerator, metric.denominator) if each]
    rows = {
        "Target": f"{metric.target} ({_BETTER[metric.direction]})",
        "Alert threshold": str(metric.threshold),
        "Computed": metric.statistic,
        "Parts": " by ".join(parts),
        "Judged by": ", ".join(metric.grains),
        "Collected": str(metric.collection),
        "From": ", ".join(metric.entities),
        "Owner": metric.owner,
        "Also called": ", ".join(metric.aliases),
    }
    told = "".join(
        f'<tr><th style="{_CELL};white-space:nowrap">{escape(name)}</th>'
        f'<td style="{_CELL}">{escape(text)}</td></tr>'
        for name, text in rows.items()
        if text
    )
    return (
        f"<div><strong>{escape(metric.metric_id)}</strong>: {escape(metric.description)}"
        f"<table>{told}</table></div>"
    )
