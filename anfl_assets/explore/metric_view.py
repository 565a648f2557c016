"""One metric as a person at a notebook meets it: its definition, its history, its chart.

The definition is the catalog's, so it stands before anything is built; history, SQL and chart are
read from the newest published build each time, or from the build of `anfl.open()`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal, Unpack

from anfl_assets.catalog import Catalog, Metric, load_catalog
from anfl_assets.explore.moment import Moment, earliest, utc

if TYPE_CHECKING:
    import altair as alt
    import polars as pl

    from anfl_assets.chart.types import Drawn, Mark
    from anfl_assets.explore.forecasts import ForecastView
    from anfl_assets.explore.reader import Reader


@dataclass(frozen=True)
class MetricView:
    """A metric of the catalog, and what was measured of it."""

    definition: Metric
    _reader: Callable[[], Reader] = field(repr=False, compare=False)

    @property
    def metric_id(self) -> str:
        """Its id, such as `inference_latency`."""
        return self.definition.metric_id

    @property
    def description(self) -> str:
        """What it is, in the specification's words."""
        return self.definition.description

    @property
    def statistic(self) -> str:
        """How observations become one value."""
        return self.definition.statistic

    @property
    def unit(self) -> str:
        """Unit of value, target and threshold."""
        return self.definition.unit.value

    @property
    def target(self) -> str:
        """What is wanted, as the catalog writes it; a subject may have its own."""
        return str(self.definition.target)

    @property
    def threshold(self) -> str:
        """From where on people are alerted, as the catalog writes it."""
        return str(self.definition.threshold)

    @property
    def direction(self) -> Literal["lower_is_better", "higher_is_better"]:
        """Which way is better."""
        return self.definition.direction

    @property
    def judged_on(self) -> tuple[str, ...]:
        """Lengths of the windows that are judged, the one shown first in front."""
        return self.definition.grains

    @property
    def grains(self) -> list[str]:
        """Lengths of the windows it is observed at in the build, finest first."""
        from anfl_assets.report.history import grains

        with self._reader().engine() as published:
            return grains(published, self.metric_id)

    @property
    def subjects(self) -> list[str]:
        """What it was measured of in the build (services, hosts, markets …), by name."""
        from anfl_assets.explore.history import subjects

        with self._reader().engine() as published:
            return subjects(published, self.metric_id)

    @property
    def sql(self) -> str:
        """The compiled SQL that made its numbers in the build; empty where that had none."""
        return self._reader().build.compiled.get(self.definition.model, "")

    def history(
        self,
        grain: str | None = None,
        subject: str | Sequence[str] | None = None,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        as_of: Moment | None = None,
    ) -> pl.DataFrame:
        """Return its windows, by subject and time: those that begin at `since` and end at `until`.

        Frame: subject, window_start_at, window_end_at, value, unit, metric_id, grain, numerator,
        denominator, target_operator, sample_count, status, target, threshold. Times are UTC;
        value, target and threshold are in `unit`. `value` is null where evidence was insufficient,
        `status` and the limits where this grain is observed but not judged. A stretch without
        windows is an empty frame of the same columns.

        `grain` is by default the one it is judged on, `subject` one or several, by default all.
        `as_of` leaves only windows that had ended by then.

        Raises:
            UserError: it is not observed by that grain, or of that subject.
            WorkspaceError: nothing is published yet.
        """
        from anfl_assets.explore.history import Asked, history

        asked = Asked(
            self.metric_id,
            grain or self.definition.headline_grain,
            [subject] if isinstance(subject, str) else subject,
            since=None if since is None else utc(since),
            until=earliest(until, as_of),
        )
        with self._reader().engine() as published:
            return history(published, asked)

    def chart(
        self,
        grain: str | None = None,
        subject: str | Sequence[str] | None = None,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        marks: Sequence[Mark] = (),
        **drawn: Unpack[Drawn],
    ) -> alt.LayerChart:
        """Draw its history with target and threshold; without `since` the newest 300 windows.

        `marks` (anfl_assets.chart.types) are incidents, maintenance and deploys on the time axis;
        `drawn` are title and subtitle, and width ("container" by default) and height in pixels.
        marimo draws it by itself; Jupyter loads Vega from a CDN unless it is told
        `alt.renderers.enable("mimetype")`.

        Raises:
            UserError: as `history`, or there are more windows than a browser draws.
        """
        from anfl_assets.explore.drawing import chart, newest

        found = self.history(grain, subject, since=since, until=until)
        drawn.setdefault("title", f"{self.metric_id}: {self.description}")
        shown = newest(found) if since is None else found
        return chart(shown, self.unit, drawn, marks=marks)

    def forecast(self, subject: str | None = None, form: str | None = None) -> ForecastView:
        """Return its standing forecast: `.days`, `.chart()`, `.crossing`, what it is worth.

        Without a subject it is that of the one that crosses its threshold first. `form` is the
        daily series, such as `daily peak`. It is as it is now, whatever the build.

        Raises:
            UserError: none stands for it.
            WorkspaceError: nothing is published yet.
        """
        from anfl_assets.explore.forecasts import forecast

        return forecast(self._reader().workspace, self.metric_id, subject, form)

    def contributions(
        self,
        grain: str | None = None,
        *,
        at: Moment | None = None,
        against: Moment | None = None,
    ) -> pl.DataFrame:
        """Return what each subject brought to the change between two windows, largest part first.

        The later window is the newest that had ended `at` a moment (by default the newest there
        is), the earlier the newest `against` one (by default what the board compares with).

        Frame: subject, effect, amount, unit, before, after, whole, grain, window_end_at,
        against_end_at; the amounts add up to `after - before`, all in `unit`.

        Raises:
            UserError: there are no two windows, or the change is no sum of anything kept.
        """
        from anfl_assets.explore.contributions import contributions

        later, earlier = (None if each is None else utc(each) for each in (at, against))
        with self._reader().engine() as published:
            return contributions(published, self.definition, grain, at=later, against=earlier)

    def __str__(self) -> str:
        """Return the metric in one line."""
        return (
            f"{self.metric_id}: {self.description}; target {self.target}, alert threshold "
            f"{self.threshold}, judged by {' and '.join(self.judged_on)}"
        )

    def __repr__(self) -> str:
        """Return the metric in one line, as a prompt shows it."""
        return f"<{self}>"

    def _repr_html_(self) -> str:
        """Return the definition as Jupyter and marimo show it."""
        from anfl_assets.explore.card import card

        return card(self.definition)


def metric_view(name: str, reader: Callable[[], Reader]) -> MetricView:
    """Return the metric of an id, or of an alias that means one metric.

    Raises:
        UnknownMetric: none has the name, or an alias means several.
    """
    return MetricView(_catalog().metric(name), reader)


def every_metric(reader: Callable[[], Reader]) -> list[MetricView]:
    """Return every metric in the catalog's order."""
    return [MetricView(each, reader) for each in _catalog().metrics.values()]


@cache
def _catalog() -> Catalog:
    return load_catalog()
