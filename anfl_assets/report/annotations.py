"""What stands on the time axis beside the numbers, other than incidents (§4.1).

Deploys and maintenance are rows of the build (`fct_annotation`), changes of a metric's definition
are read from the build ledger. Only the files and builds of the stretch asked for are read. Names
of teams and components come from outside: who shows a text makes it inert.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from anfl_assets.store.definitions import redefinitions
from anfl_assets.store.ledger import open_ledger

if TYPE_CHECKING:
    from anfl_assets.catalog.model import Catalog
    from anfl_assets.report.published import Published

MODEL = "fct_annotation"


@dataclass(frozen=True)
class Annotation:
    """A mark at `at`, or a stretch up to `until`. Times are UTC.

    `subject` is the component it is of, where that is known; `metric_id` the metric redefined.
    """

    kind: Literal["deploy", "definition", "maintenance"]
    at: datetime
    until: datetime | None
    text: str
    subject: str | None = None
    metric_id: str | None = None


def annotations_between(
    published: Published, catalog: Catalog, *, since: datetime, until: datetime
) -> list[Annotation]:
    """Return what happened in a stretch of time, or reaches into it, in order of time."""
    found = [
        *_from_the_build(published, since, until),
        *_definitions(published, catalog, since, until),
    ]
    return sorted(found, key=lambda each: (each.at, each.kind, each.text))


def _from_the_build(published: Published, since: datetime, until: datetime) -> Iterator[Annotation]:
    if MODEL not in published.build.tables:
        return
    first = since.date()
    dates = [first + timedelta(days=n) for n in range((until.date() - first).days + 1)]
    # distinct: maintenance has a row for each day it touches
    rows = published.rows(
        "select distinct kind, happened_at, until_at, subject, team "
        f"from {published.table(MODEL, dates)} "
        "where date between $first and $last "
        "and happened_at <= $until and coalesce(until_at, happened_at) >= $since",
        {"first": dates[0], "last": dates[-1], "since": since, "until": until},
    )
    for row in rows:
        is_deploy = row["kind"] == "deploy"
        text = f"Deploy by {row['team']}" if is_deploy else f"Maintenance of {row['subject']}"
        yield Annotation(row["kind"], row["happened_at"], row["until_at"], text, row["subject"])


def _definitions(
    published: Published, catalog: Catalog, since: datetime, until: datetime
) -> Iterator[Annotation]:
    with open_ledger(published.workspace) as ledger:
        changes = redefinitions(ledger, since=since, until=until)
    for change in changes:
        for metric in catalog.metrics.values():
            if metric.model in change.models:
                text = f"Definition of {metric.metric_id} changed"
                yield Annotation("definition", change.at, None, text, metric_id=metric.metric_id)
