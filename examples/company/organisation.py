"""organisation.yaml of the example company: currency, releases, announced work, own targets."""

from __future__ import annotations

from typing import Any

from examples.company import company
from examples.company.load import span
from examples.company.timeline import Timeline, moment


def features(timeline: Timeline) -> dict[str, str]:
    """Day of release (ISO) of each feature that was released within the history."""
    ages = {
        name: company.LATEST_RELEASE + position * company.RELEASE_EVERY
        for position, name in enumerate(company.RELEASED_FEATURES)
    }
    ages[company.SIDE_FEATURE] = company.SIDE_RELEASE
    return {name: moment(timeline.before(age)).date().isoformat() for name, age in ages.items()}


def organisation(timeline: Timeline) -> dict[str, Any]:
    """The organisation section of a feeds file, in its grammar."""
    start, end = span(company.MAINTENANCE, timeline)
    return {
        "name": company.NAME,
        "currency": company.CURRENCY,
        "is_simulated": True,
        "features": [
            {"name": name, "released_on": day} for name, day in features(timeline).items()
        ],
        "maintenance": [
            {
                "component": company.MAINTENANCE.subject,
                "start_at": moment(start).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "end_at": moment(end).strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        ],
        "targets": [
            {
                "metric": own.metric,
                "subject": own.subject,
                "target": own.target,
                "alert_threshold": own.alert_threshold,
            }
            for own in company.OWN_TARGETS
        ],
    }
