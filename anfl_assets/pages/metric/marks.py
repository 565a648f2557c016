"""What happened meanwhile, on a time axis: incidents, deploys, maintenance, definitions."""

from __future__ import annotations

from collections.abc import Sequence

from anfl_assets.chart.types import Mark
from anfl_assets.errors import AnflError
from anfl_assets.pages.metric.view import View
from anfl_assets.pages.site import Site
from anfl_assets.report.annotations import Annotation, annotations_between
from anfl_assets.report.incidents_of import incident_marks, incidents_of
from anfl_assets.report.published import Published
from anfl_assets.wording.inert import one_line

# More are a curtain before the lines.
_MOST = 20


def built_marks(published: Published, site: Site, view: View) -> Sequence[Mark]:
    """Return what the build knows of the span that is of what is drawn, the newest of many."""
    found = annotations_between(
        published, site.catalog, since=view.span.since, until=view.span.until
    )
    return [_mark(each) for each in found if _concerns(each, view)][-_MOST:]


def incident_stretches(site: Site, view: View) -> Sequence[Mark]:
    """Return the incidents of what is drawn; alerting that cannot be read is told by the page."""
    metric_id = view.asked.metric.metric_id
    try:
        found = incidents_of(
            site.alerts(),
            metric_id,
            subjects=view.asked.subjects,
            until=view.span.until,
            limit=_MOST,
        )
    except AnflError:
        return ()
    return incident_marks(found)


def _concerns(each: Annotation, view: View) -> bool:
    if each.metric_id is not None:
        return each.metric_id == view.asked.metric.metric_id
    return each.subject is None or not view.asked.subjects or each.subject in view.subjects


def _mark(each: Annotation) -> Mark:
    return Mark(each.kind, each.at, each.until, one_line(each.text))
