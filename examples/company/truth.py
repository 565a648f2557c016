"""truth.json: what the pipeline must make of the files, computed from the generator's own rows.

Nothing here touches the lake, dbt or the catalog: it is the second opinion the tests compare with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from examples.company import company, expected_business, expected_infrastructure, expected_traffic
from examples.company.expected import Expected
from examples.company.expected_crossings import crossings
from examples.company.load import span
from examples.company.raw_files import Extract
from examples.company.timeline import Timeline, moment

FORMAT = 2


def truth(extracts: Mapping[str, Extract], timeline: Timeline, seed: int) -> dict[str, Any]:
    """The whole document, ready for JSON."""
    rows = {name: extract.rows for name, extract in extracts.items()}
    metrics = [*technical(rows, timeline), *business(rows, timeline)]
    past = expected_traffic.past(_sources(rows), timeline)
    return {
        "is_simulated": True,
        "format": FORMAT,
        "as_of": timeline.as_of.isoformat(),
        "seed": seed,
        "start_at": moment(timeline.start).isoformat(),
        "organisation": company.NAME,
        "metrics": [row.as_row() for row in metrics],
        "past": [row.as_row() for row in past],
        "incidents": _incidents(timeline),
        "crossings": crossings(timeline, seed),
        "feeds": {name: _feed(extract) for name, extract in extracts.items()},
    }


def technical(rows: Mapping[str, pl.DataFrame], timeline: Timeline) -> list[Expected]:
    """§1.1 as it must be at `as_of`, from each feed's rows."""
    probes = {name: rows[name] for name in expected_infrastructure.CARRY}
    return [
        *expected_traffic.now(_sources(rows), timeline),
        *expected_infrastructure.uptime(probes, timeline),
        *expected_infrastructure.resource_utilization(rows["resources"], timeline),
        *expected_infrastructure.scaling_efficiency(rows["scalings"], timeline),
    ]


def business(rows: Mapping[str, pl.DataFrame], timeline: Timeline) -> list[Expected]:
    """§1.2 as it must be at `as_of`, from each feed's rows."""
    responses = pl.concat([rows["responses"], rows["interviews"]])
    return [
        expected_business.user_adoption(rows["events"], timeline),
        expected_business.revenue(rows["orders"], timeline),
        *expected_business.market_share(rows["market_sizes"], timeline),
        *expected_business.satisfaction(responses, timeline),
        expected_business.retention(rows["orders"], timeline),
        expected_business.feature_adoption(rows["events"], timeline),
    ]


def _sources(rows: Mapping[str, pl.DataFrame]) -> expected_traffic.Sources:
    windows = pl.concat([rows["request_windows"], rows["request_windows_live"]])
    return expected_traffic.Sources(windows, rows["requests"], rows["accesses"])


def _incidents(timeline: Timeline) -> list[dict[str, Any]]:
    stories = (*company.INCIDENTS, company.MAINTENANCE, company.STALLED_SCALING, company.DISK_FLOOD)
    return [_incident(story, span(story, timeline)) for story in stories]


def _incident(story: company.Incident, when: tuple[int, int]) -> dict[str, Any]:
    return {
        "incident_id": story.incident_id,
        "metrics": list(story.metrics),
        "subject": story.subject,
        "story": story.story,
        "start_at": moment(when[0]).isoformat(),
        "end_at": moment(when[1]).isoformat(),
        "is_open": story.lasts is None,
    }


def _feed(extract: Extract) -> dict[str, Any]:
    return {
        "entity": extract.entity,
        "files": {file.path: file.row_count for file in extract.files},
        "received": extract.received,
        "accepted": extract.accepted,
        "quarantined": extract.quarantined,
        "duplicates": extract.duplicates,
        "superseded": extract.superseded,
        "filtered": extract.filtered,
        "late": extract.late,
        "rows_in_lake": extract.accepted - extract.superseded,
        "planted": [
            {"path": file.path, "reason": fault.reason}
            for file in extract.files
            for fault in file.faulty
        ],
    }
