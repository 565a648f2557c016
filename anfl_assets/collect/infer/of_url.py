"""The draft for a running system: a database's table, a metrics endpoint or a Prometheus server.

A password stays where it was given: the draft names a variable in its place.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl

from anfl_assets.collect.connect.http import HttpReader, Limits
from anfl_assets.collect.connect.http_site import Site
from anfl_assets.collect.connect.sql import SCHEMES, read_sql
from anfl_assets.collect.infer.draft import Draft
from anfl_assets.collect.infer.expressions import flow
from anfl_assets.collect.infer.guess import guesses
from anfl_assets.collect.infer.metrics import of_exposition, of_prometheus
from anfl_assets.collect.infer.named import words
from anfl_assets.collect.infer.propose import propose
from anfl_assets.collect.infer.sample import ROWS, Sample, as_texts
from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section
from anfl_assets.errors import FeedError, SourceError, SourceUnavailable

_VARIABLE = "ANFL_SOURCE_URL"
_LIMITS = Limits(total_s=10.0)
_KEYS = ("id", "no", "number", "key", "uuid")
_CHANGED = ("updated", "modified", "changed", "created")


def of_url(url: str, *, folder: Path, name: str | None, table: str | None) -> Draft:
    """Ask what is there and return the draft for it.

    Raises:
        SourceUnavailable: no answer.
        SourceError: nothing there that a feed can be made of.

    """
    scheme = _scheme(url)
    if scheme in SCHEMES:
        return _of_table(url, table, folder=folder, name=name)
    if scheme not in ("http", "https"):
        raise SourceError(f"{scheme}: give http, https, {', '.join(SCHEMES)}")
    if table is not None:
        raise SourceError("--table is for databases")
    return _of_http(url, name)


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError as error:
        raise SourceError(f"no address that can be read: {error}") from error


def _of_table(url: str, table: str | None, *, folder: Path, name: str | None) -> Draft:
    if table is None:
        raise SourceError("which table of the database? Give --table NAME or --table SCHEMA.NAME")
    asked = {"url": f"${{{_VARIABLE}}}", "table": table, "limit": ROWS}
    faults = Section("", "", {"sql": asked, "key": ["?"]})
    source = read_sql(faults, Environment({_VARIABLE: url}, Path.cwd()))
    if source is None:
        raise FeedError(faults.faults)
    rows = source.first(ROWS)
    if not rows.height:
        raise SourceError(f"table {table} has no rows to guess from")
    sample = Sample(table.rpartition(".")[2], "sql", as_texts(rows))
    shown = url if not urlsplit(url).netloc.rpartition("@")[0] else f"${{{_VARIABLE}}}"
    cursor = _cursor(sample)
    section = {"url": shown, "table": table, **({"cursor": cursor[0]} if cursor else {})}
    if cursor is not None and not cursor[1]:
        section["zone"] = "UTC"
    key = _key(sample, is_whole=cursor is None)
    place = {"sql": flow(section), **({"key": flow(key)} if key else {})}
    notes = {"key": "check: what tells rows apart"}
    draft = propose(sample, {**place, "every": "1 minute"}, name)
    # A file's path was given from here.
    root = os.path.relpath(Path.cwd(), folder)
    return replace(draft, root=root, notes={**draft.notes, **notes})


def _cursor(sample: Sample) -> tuple[str, bool] | None:
    """Return the column that tells when a row changed, and whether it says its offset."""
    for word in _CHANGED:
        for column in guesses(sample).traits:
            if column.times is not None and word in column.words.split():
                return column.name, column.times.has_offset
    return None


def _key(sample: Sample, *, is_whole: bool) -> list[str]:
    """Return the first column without a value twice; a table read whole needs some key."""
    rows = sample.rows
    unique = [name for name in rows.columns if rows[name].n_unique() == rows.height]
    named = [name for name in unique if words(name).split()[-1] in _KEYS]
    return (named or unique)[:1] or (rows.columns if is_whole else [])


def _of_http(url: str, name: str | None) -> Draft:
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise SourceError("give the address without user and password; the feed names them apart")
    base = url.rstrip("/")
    if _json(f"{base}/api/v1/status/buildinfo") is not None:
        named = _json(f"{base}/api/v1/label/__name__/values") or {}
        found = named.get("data")
        names = [str(one) for one in found] if isinstance(found, list) else []
        return of_prometheus(base, names, name)
    text = _got(url)
    sample = Sample(parts.hostname or "endpoint", "openmetrics", pl.DataFrame(), text=text)
    return of_exposition(sample, {"openmetrics": flow(url), "every": "15 seconds"}, name)


def _json(url: str) -> Mapping[str, object] | None:
    try:
        told = json.loads(_got(url))
    except SourceUnavailable:
        raise  # who does not answer here does not answer elsewhere
    except (SourceError, ValueError):
        return None
    return told if isinstance(told, dict) and told.get("status") == "success" else None


def _got(url: str) -> str:
    with closing(HttpReader(Site(url), _LIMITS)) as reader:
        return reader.get(accept="*/*").text
