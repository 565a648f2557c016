"""What an address asks of a metric's page: metric, subjects, stretch of time, length of windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from starlette.datastructures import QueryParams

from anfl_assets.catalog import Catalog, Metric
from anfl_assets.catalog.entry import nearest_to
from anfl_assets.errors import UnknownMetric
from anfl_assets.pages.boards.routes import asked_moment
from anfl_assets.pages.metric.spans import RANGES, usual_range
from anfl_assets.pages.refusals import PageError
from anfl_assets.wording.inert import one_line

_LONGEST = 60
_MOST_SUBJECTS = 50
_NAMES_TOLD = 12


@dataclass(frozen=True)
class Asked:
    """What is to be shown of one metric; without `subjects` all, without `grain` what suits.

    `since` and `until` are set where the address says them; else `range_name` counts. `form` is the
    daily series whose forecast is shown.
    """

    metric: Metric
    subjects: tuple[str, ...] = ()
    range_name: str = ""
    grain: str = ""
    since: datetime | None = None
    until: datetime | None = None
    as_of: str = ""
    form: str = ""

    @property
    def is_own_stretch(self) -> bool:
        """Whether the address says its own stretch of time."""
        return self.since is not None or self.until is not None

    def address(self, part: str = "", **changed: object) -> str:
        """Return the address of this, with what is changed; None leaves a parameter out."""
        path = f"/metrics/{quote(self.metric.metric_id, safe='')}{part}"
        told: dict[str, object] = {**self._query(), **changed}
        pairs = [(name, value) for name, value in told.items() if value]
        return f"{path}?{urlencode(pairs, doseq=True, errors='replace')}" if pairs else path

    def _query(self) -> dict[str, object]:
        usual = usual_range(self.metric)
        return {
            "subject": self.subjects,
            "range": "" if self.is_own_stretch or self.range_name == usual else self.range_name,
            "from": _written(self.since),
            "to": _written(self.until),
            "grain": self.grain,
            "as_of": self.as_of,
            "form": self.form,
        }


def asked_metric(catalog: Catalog, name: str) -> Metric:
    """Return the metric of an id or alias.

    Raises:
        PageError: none is called so, or several are; the nearest is named.
    """
    try:
        return catalog.metric(name)
    except UnknownMetric as error:
        raise PageError(one_line(str(error), 400), 404) from error


def asked(metric: Metric, query: QueryParams) -> Asked:
    """Read the parameters of an address; subjects and grain are checked against what there is.

    Raises:
        PageError: one of them says nothing that can be shown.
    """
    since, until = _moment(query, "from"), _moment(query, "to")
    if since is not None and until is not None and since >= until:
        raise PageError(
            f"from {_written(since)} is not before to {_written(until)}; turn them round"
        )
    range_name = query.get("range") or usual_range(metric)
    if range_name not in RANGES:
        raise PageError(
            f"range={one_line(range_name, _LONGEST)!r}; expected one of {', '.join(RANGES)}"
        )
    subjects = tuple(dict.fromkeys(query.getlist("subject")))
    if len(subjects) > _MOST_SUBJECTS:
        raise PageError(f"{len(subjects)} subjects; expected at most {_MOST_SUBJECTS}")
    return Asked(
        metric=metric,
        subjects=tuple(each for each in subjects if each),
        range_name=range_name,
        grain=query.get("grain") or "",
        since=since,
        until=until,
        as_of=query.get("as_of") or "",
        form=query.get("form") or "",
    )


def check_subjects(given: Asked, known: Sequence[str]) -> None:
    """Check that each subject is one of the metric's.

    Raises:
        PageError: one is not; the nearest, or what there is, is named.
    """
    for subject in given.subjects:
        if subject not in known:
            raise PageError(
                _unknown(f"{given.metric.metric_id} has no subject", subject, known), 404
            )


def check_grain(given: Asked, known: Sequence[str]) -> None:
    """Check that the metric has windows of the length asked for.

    Raises:
        PageError: it has not; those it has are named.
    """
    if given.grain and known and given.grain not in known:
        raise PageError(
            f"{given.metric.metric_id} has no windows of {one_line(given.grain, _LONGEST)!r}; "
            f"it has {', '.join(known)}",
            404,
        )


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    near = nearest_to(name[:200], known)
    told = ", ".join(one_line(each, _LONGEST) for each in known[:_NAMES_TOLD])
    more = len(known) - _NAMES_TOLD
    listed = f"it has {told}{f' and {more:,} more' if more > 0 else ''}" if known else "it has none"
    hint = f"did you mean {one_line(near, _LONGEST)!r}?" if near else listed
    return f"{what} {one_line(name, _LONGEST)!r}; {hint}"


def _moment(query: QueryParams, name: str) -> datetime | None:
    text = query.get(name)
    return asked_moment(text) if text else None


def _written(at: datetime | None) -> str:
    return "" if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")
