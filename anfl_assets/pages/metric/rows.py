"""The raw records behind a window of a metric: which are asked for, and what the page says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from starlette.datastructures import QueryParams

from anfl_assets.catalog import Metric
from anfl_assets.frames import SUBJECT_COLUMNS, TABLES
from anfl_assets.pages.boards.routes import asked_moment
from anfl_assets.pages.metric.asked import Asked, check_subjects
from anfl_assets.pages.metric.cells import cell, is_number
from anfl_assets.pages.reading import Reading
from anfl_assets.pages.refusals import PageError
from anfl_assets.pages.site import Site
from anfl_assets.report.raw_rows import WHOLE, Page, Wanted, load_paths, raw_rows
from anfl_assets.report.scoreboard import BoardRow
from anfl_assets.wording.inert import one_line

PAGE_ROWS = 100
_MOST_PAGES = 1_000
# What is longer is no window of a metric; reading it would keep others waiting.
_LONGEST = timedelta(days=400)


@dataclass(frozen=True)
class AskedRows:
    """One page of the records of a canonical table behind a window of a metric's subject.

    `others` are the same records of the metric's further tables: shown where this one has none and
    the address names no table.
    """

    metric: Metric
    wanted: Wanted
    number: int
    others: tuple[Wanted, ...] = ()

    def address(self, **changed: object) -> str:
        """Return the address of this, with what is changed."""
        told = {
            "subject": self.wanted.subject,
            "from": self.wanted.since.isoformat().replace("+00:00", "Z"),
            "to": self.wanted.until.isoformat().replace("+00:00", "Z"),
            "entity": self.wanted.entity,
            **changed,
        }
        return Asked(self.metric).address("/rows", **told)


def asked_rows(metric: Metric, query: QueryParams, reading: Reading) -> AskedRows:
    """Read an address; without a stretch of time it is the window the subject is judged on.

    Raises:
        PageError: it says nothing that can be shown.
    """
    rows = reading.rows(metric.metric_id)
    subject = query.get("subject") or (rows[0].subject if rows else WHOLE)
    check_subjects(Asked(metric, (subject,)), [row.subject for row in rows])
    since, until = _stretch(query, next((row for row in rows if row.subject == subject), None))
    wanted, *others = (Wanted(entity, subject, since, until) for entity in _entities(metric, query))
    return AskedRows(metric, wanted, _number(query.get("page") or "1"), tuple(others))


def content(site: Site, asked: AskedRows) -> Mapping[str, Any]:
    """Return what the template shows."""
    offset = (asked.number - 1) * PAGE_ROWS
    found = raw_rows(site.workspace, asked.wanted, offset=offset, limit=PAGE_ROWS)
    if not found.total and asked.others:
        further, *others = asked.others
        return content(site, replace(asked, wanted=further, others=tuple(others)))
    paths = load_paths(site.ledger(), [row["load_id"] for row in found.rows])
    wanted = asked.wanted
    return {
        "asked": asked,
        "back": Asked(asked.metric, (wanted.subject,)).address(),
        "since": cell(wanted.since),
        "until": cell(wanted.until),
        "metric": asked.metric,
        "reaches": [str(reach) for reach in asked.metric.reach if reach.count],
        "table": TABLES[wanted.entity],
        "columns": found.columns[:-2],
        "numeric": _numeric(found),
        "rows": [_told(found, row, paths) for row in found.rows],
        "total": found.total,
        "first": offset + 1,
        "pages": _pages(asked, found.total),
        "entities": [
            (name, asked.address(entity=name), name == wanted.entity)
            for name in asked.metric.entities
        ],
        "is_filtered": wanted.subject != WHOLE and bool(SUBJECT_COLUMNS[wanted.entity]),
    }


def _stretch(query: QueryParams, row: BoardRow | None) -> tuple[datetime, datetime]:
    given = [asked_moment(text) if (text := query.get(name)) else None for name in ("from", "to")]
    judged = (None, None) if row is None else (row.window_start_at, row.window_end_at)
    since, until = given[0] or judged[0], given[1] or judged[1]
    if since is None or until is None:
        raise PageError("no window was judged yet; say which records with from= and to=", 404)
    if since >= until:
        raise PageError(f"from {cell(since)} is not before to {cell(until)}; turn them round")
    if until - since > _LONGEST:
        raise PageError(f"more than {_LONGEST.days} days of records; choose a shorter stretch")
    return since, until


def _entities(metric: Metric, query: QueryParams) -> tuple[str, ...]:
    """Return the table asked for, or all the metric is made of."""
    entity = query.get("entity")
    if not entity:
        return metric.entities
    if entity not in metric.entities:
        raise PageError(
            f"{metric.metric_id} is not made of {one_line(entity, 60)!r}; it is made of "
            f"{', '.join(metric.entities)}",
            404,
        )
    return (entity,)


def _number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len("1000") else 0
    if not 1 <= number <= _MOST_PAGES:
        raise PageError(f"page={one_line(text, 20)!r}; expected 1 to {_MOST_PAGES:,}")
    return number


def _numeric(page: Page) -> Sequence[bool]:
    """Return of each column whether it has numbers."""
    return [any(is_number(row[name]) for row in page.rows) for name in page.columns[:-2]]


def _told(page: Page, row: Mapping[str, Any], paths: Mapping[int, str]) -> Mapping[str, Any]:
    return {
        "cells": [cell(row[name]) for name in page.columns[:-2]],
        "feed": row["feed"],
        "load_id": row["load_id"],
        "path": paths.get(row["load_id"], ""),
    }


def _pages(asked: AskedRows, total: int) -> Mapping[str, str]:
    """Return the addresses of the newer and the older page, where there is one."""
    last = min(-(-total // PAGE_ROWS), _MOST_PAGES)
    near = {"newer": asked.number - 1, "older": asked.number + 1}
    return {
        name: asked.address(page=str(number))
        for name, number in near.items()
        if 1 <= number <= last
    }
