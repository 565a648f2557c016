"""The `openmetrics` connector: one scrape of a metrics endpoint, as Prometheus would make it.

Which samples become which rows is `collect/formats/samples.py`, shared with files of such text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from anfl_assets.collect.batch import LINE, Batch, unsplit_frame
from anfl_assets.collect.connect.connector import Connector, Pulled, require_read
from anfl_assets.collect.connect.http import LIMITS, HttpReader, Limits
from anfl_assets.collect.connect.http_site import KEYS, Site, read_site
from anfl_assets.collect.formats.samples import TIME, Samples, read_samples, sample_rows
from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section
from anfl_assets.errors import SourceError
from anfl_assets.frames import TIMESTAMP
from anfl_assets.store.workspace import Workspace

NAME = "openmetrics"
_ACCEPT = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
_US_PER_S = 1_000_000


@dataclass(frozen=True)
class OpenMetrics(Connector):
    """An endpoint and the samples that are read of it."""

    site: Site
    samples: Samples
    limits: Limits = LIMITS

    @property
    def address(self) -> str:
        """Its URL, without user, password and query."""
        return self.site.address

    @property
    def is_momentary(self) -> bool:
        """Yes: an endpoint tells the moment and keeps nothing."""
        return True

    @property
    def key(self) -> tuple[str, ...]:
        """Time and labels: a sample that states its time stands in many scrapes."""
        return (TIME, *(by.label for by in self.samples.by))

    def open(self, workspace: Workspace, needed: tuple[str, ...]) -> OpenMetricsPull:
        """Prepare to scrape; nothing is sent.

        Raises:
            SourceError: a needed column is not one that is read.

        """
        del workspace
        require_read(needed, self.samples.columns, self.address)
        return OpenMetricsPull(HttpReader(self.site, self.limits), self.samples, self.address)


@dataclass(frozen=True)
class OpenMetricsPull:
    """Scrapes one endpoint again and again."""

    reader: HttpReader
    samples: Samples
    address: str

    def pull(self, cursor: str | None, *, now: datetime) -> Pulled:
        """Scrape; every sample's time is `now` unless it states one itself. No cursor is needed.

        Raises:
            SourceUnavailable: see `HttpReader.get`.
            SourceError: the same, or the text is no exposition of metrics.

        """
        del cursor
        answer = self.reader.get(accept=_ACCEPT)
        try:
            rows = sample_rows(answer.text, self.samples)
        except SourceError as error:
            raise type(error)(f"{self.address}: {error}") from error
        stated = (pl.col(TIME).cast(pl.Float64) * _US_PER_S).round().cast(pl.Int64, strict=False)
        timed = rows.with_columns(
            stated.cast(TIMESTAMP).fill_null(pl.lit(now, TIMESTAMP)).alias(TIME),
            pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(LINE),
        )
        return Pulled(Batch(timed, unsplit_frame([])), "{}", now)

    def close(self) -> None:
        """Give the connection back."""
        self.reader.close()


def read_openmetrics(feed: Section, env: Environment) -> OpenMetrics | None:
    """Return the connector of a feed with an `openmetrics` section, None where it is at fault."""
    section = feed.section(NAME)
    if section is None:
        if feed.content[NAME] is None:
            feed.fault(NAME, "url and samples", "nothing")
        return None
    section.only((*KEYS, "samples"))
    if section.content.get("samples") is None:
        section.fault("samples", "which samples become rows: {by: […], read: {…}}", "nothing")
    site, samples = read_site(section, env), read_samples(section)
    return OpenMetrics(site, samples) if site is not None and samples is not None else None
