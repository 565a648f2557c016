"""The policy: the catalog's defaults, what an organisation may write, every fault at once."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from anfl_assets.alert.policy import (
    Flapping,
    Grace,
    Inhibition,
    Maintenance,
    Policy,
    QuietHours,
    Route,
    Unheard,
)
from anfl_assets.alert.read_policy import read_policy
from anfl_assets.catalog import Duration, Hold, load_catalog
from anfl_assets.config.file import read_section
from anfl_assets.errors import AlertsError
from anfl_assets.store.alerts.records import Match

CATALOG = load_catalog()
MINUTE = timedelta(minutes=1)


def read(folder: Path, text: str) -> Policy:
    """Read a policy from the text of an alerts.yaml that has no fault."""
    policy, faults = read_all(folder, text)
    assert faults == []
    return policy


def read_all(folder: Path, text: str) -> tuple[Policy, list[str]]:
    """Read a policy and its faults as `key: found …; expected …`."""
    path = folder / "alerts.yaml"
    path.write_text(text, encoding="utf-8")
    section = read_section(path, AlertsError)
    policy = read_policy(CATALOG, section, feeds={})
    return policy, [str(fault).removeprefix(f"{path}: ") for fault in section.faults]


def test_without_a_file_severities_are_as_the_specification_writes_them() -> None:
    severities = read_policy(CATALOG, None, feeds={}).severities.values()
    assert [
        (each.name, each.channels, each.response, each.escalation, each.ladder)
        for each in severities
    ] == [
        (
            "critical",
            ("PagerDuty", "SMS", "Email"),
            5 * MINUTE,
            15 * MINUTE,
            ("on_call", "owner", "executive"),
        ),
        ("warning", ("Email", "Slack"), 60 * MINUTE, 240 * MINUTE, ("owner", "executive")),
        ("information", ("Email", "Dashboard"), timedelta(days=1), None, ("owner",)),
    ]


def test_without_a_file_the_catalog_says_what_the_specification_leaves_open() -> None:
    policy = read_policy(CATALOG, None, feeds={})
    assert [
        (each.update_every, each.acknowledged_for, each.repeats, each.digest_channels)
        for each in policy.severities.values()
    ] == [
        (5 * MINUTE, timedelta(hours=4), 9, ()),
        (60 * MINUTE, timedelta(days=1), 3, ()),
        (timedelta(days=1), None, 0, ("Email",)),
    ]
    assert policy.severities["information"].digest_at == time(7)
    assert (policy.group_by, policy.retire_after) == (("metric",), timedelta(days=1))
    assert policy.flapping == Flapping(3, 60 * MINUTE, 30 * MINUTE)
    assert policy.grace == Grace(2 * MINUTE, 5 * MINUTE)
    assert policy.inhibitions == (
        Inhibition(
            "silent_source",
            Match(metric="source_freshness", kind="breached"),
            Match(kind="no_data"),
            ("feed",),
        ),
        Inhibition(
            "component_down",
            Match(metric="uptime", kind="breached", grain="5 minutes"),
            Match(domain="model_orchestration"),
            ("subject",),
        ),
        Inhibition(
            "come_true", Match(kind="breached"), Match(kind="forecast"), ("metric", "subject")
        ),
    )


def test_every_metric_and_every_signal_of_our_own_is_watched() -> None:
    feeds = {"uptime": frozenset({"probes"})}
    watched = read_policy(CATALOG, None, feeds=feeds).watched
    own = ["source_freshness", "run_success", "check_success", "delivery"]
    assert [*watched] == [*CATALOG.metrics, *own]
    assert {watched[name].domain for name in own} == {"own"}
    assert watched["uptime"].feeds == {"probes"}
    assert watched["inference_latency"].severity == {
        "breached": "critical",
        "no_data": "critical",
        "off_target": "warning",
        "forecast": "information",
    }
    assert watched["revenue"].severity == {
        "breached": "warning",
        "no_data": "warning",
        "off_target": "information",
        "forecast": "information",
    }
    assert watched["source_freshness"].severity["off_target"] == "warning"
    assert (watched["resource_utilization"].recovers_at, watched["uptime"].recovers_at) == (
        88,
        None,
    )


def test_a_metric_may_have_its_own_ways(tmp_path: Path) -> None:
    policy = read(
        tmp_path,
        """
        metrics:
          latency:
            for: 1 evaluation
            recovers_at: 0.09s
            keep_firing_for: 5 minutes
            runbook: "https://runbooks.example.org/latency"
            severity: {breached: warning}
            owner: serving
            subjects: {batch: {severity: {breached: information, no_data: warning}}}
          source_freshness: {for: 10 minutes}
        """,
    )
    latency = policy.watched["inference_latency"]
    assert (latency.hold, latency.recovers_at, latency.keep_firing_for) == (
        Hold(evaluations=1),
        90.0,
        5 * MINUTE,
    )
    assert (latency.runbook, latency.owner) == ("https://runbooks.example.org/latency", "serving")
    assert latency.severity == {
        "breached": "warning",
        "no_data": "warning",
        "off_target": "warning",
        "forecast": "information",
    }
    assert latency.subject_severity == {
        ("batch", "breached"): "information",
        ("batch", "no_data"): "warning",
    }
    assert policy.watched["source_freshness"].hold == Hold(duration=Duration(10, "minute"))


def test_routes_inhibitions_hours_and_work_are_read(tmp_path: Path) -> None:
    policy = read(
        tmp_path,
        """
        channels: {Hook: {kind: webhook}}
        group_by: [metric, subject]
        routes:
          - name: gpu
            match: {metric: "*_efficiency", subject: "gpu-*"}
            ladder: [gpu_team, owner]
          - {name: hook, match: {}, channels: [Hook, Slack], severity: warning}
        inhibit:
          - {name: gateway, cause: {metric: uptime, subject: gateway}, effect: {domain: growth}}
        quiet_hours:
          - match: {severity: warning}
            days: [Sat, Sun]
            from: "22:00"
            to: "07:00"
            zone: Europe/Berlin
          - {match: {}, from: "00:00", to: "00:00"}
        maintenance:
          - match: {subject: "db-*"}
            start_at: 2026-12-01T02:00Z
            end_at: 2026-12-01 05:00:00+01:00
            reason: move
        """,
    )
    assert policy.group_by == ("metric", "subject")
    assert policy.routes == (
        Route(
            "gpu",
            Match(metric="*_efficiency", subject="gpu-*"),
            None,
            None,
            ("gpu_team", "owner"),
        ),
        Route("hook", Match(), "warning", ("Hook", "Slack"), None),
    )
    assert policy.inhibitions[-1] == Inhibition(
        "gateway", Match(metric="uptime", subject="gateway"), Match(domain="growth"), ()
    )
    assert policy.quiet_hours == (
        QuietHours(
            Match(severity="warning"),
            frozenset({5, 6}),
            time(22),
            time(7),
            ZoneInfo("Europe/Berlin"),
        ),
        QuietHours(Match(), frozenset(range(7)), time(), time(), ZoneInfo("UTC")),
    )
    assert policy.maintenance == (
        Maintenance(
            Match(subject="db-*"),
            datetime(2026, 12, 1, 2, tzinfo=UTC),
            datetime(2026, 12, 1, 4, tzinfo=UTC),
            "move",
        ),
    )


def test_forecasts_are_routed_ranked_and_muted_by_what_matches(tmp_path: Path) -> None:
    policy = read(
        tmp_path,
        """
        metrics: {resource_utilization: {severity: {forecast: warning}}}
        routes: [{name: plan, match: {kind: forecast, grain: capacity_planning}, channels: [Slack]}]
        mute: [{match: {kind: forecast, subject: "batch-*"}, reason: they are meant to run full}]
        """,
    )
    assert policy.watched["resource_utilization"].severity["forecast"] == "warning"
    assert policy.routes[0].match == Match(kind="forecast", grain="capacity_planning")
    assert policy.unheard == (
        Unheard(Match(kind="forecast", subject="batch-*"), "they are meant to run full"),
    )


def test_what_the_specification_leaves_open_of_a_severity_may_be_written(tmp_path: Path) -> None:
    policy = read(
        tmp_path,
        """
        severities:
          critical: {update_every: 10 minutes, acknowledged_for: None, repeats: 0, ladder: [duty]}
          warning: {digest_channels: [Email], digest_at: "08:30"}
          information: {digest_channels: []}
        flapping: {clears: 5, within: 2 hours}
        """,
    )
    critical, warning, information = policy.severities.values()
    assert (critical.update_every, critical.acknowledged_for) == (10 * MINUTE, None)
    assert (critical.repeats, critical.ladder) == (0, ("duty",))
    assert (warning.digest_channels, warning.digest_at) == (("Email",), time(8, 30))
    assert information.digest_channels == ()
    assert policy.flapping == Flapping(5, 120 * MINUTE, 30 * MINUTE)


def test_an_inhibition_of_the_catalogs_name_replaces_it(tmp_path: Path) -> None:
    text = (
        "inhibit: [{name: component_down, cause: {metric: uptime}, effect: {metric: throughput}}]"
    )
    inhibitions = read(tmp_path, text).inhibitions
    assert [each.name for each in inhibitions] == ["silent_source", "component_down", "come_true"]
    assert inhibitions[1].effect == Match(metric="throughput")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(
            "metrics: {latancy: {}}",
            "metrics.latancy: found 'latancy'; expected one of inference_latency, *did you mean "
            "'latency'?",
            id="unknown metric",
        ),
        pytest.param(
            "metrics: {growth: {for: 1 evaluation}}",
            "metrics.growth: found 'growth'; expected one of user_adoption, revenue: the word "
            "names several",
            id="word of several metrics",
        ),
        pytest.param(
            "metrics: {latency: {}, response_time: {}}",
            "metrics.response_time: found 'response_time'; expected inference_latency once: it "
            "stands under 'latency' too",
            id="one metric twice",
        ),
        pytest.param(
            "metrics: {uptime: {hold: 1 evaluation}}",
            "metrics.uptime.hold: found an unknown key; expected one of for, *",
            id="unknown way of a metric",
        ),
        pytest.param(
            "metrics: {uptime: {for: soon}}",
            "metrics.uptime.for: found 'soon' is not a hold; expected such as 2 evaluations or "
            "10 minutes",
            id="no hold",
        ),
        pytest.param(
            "metrics: {latency: {recovers_at: 90%}}",
            "metrics.latency.recovers_at: found '90%'; expected the unit of the threshold '100ms'",
            id="recovery in another unit",
        ),
        pytest.param(
            "metrics: {latency: {recovers_at: 110ms}}",
            "metrics.latency.recovers_at: found '110ms'; expected a value between the threshold "
            "'100ms' and the target '<50ms'",
            id="recovery on the worse side",
        ),
        pytest.param(
            "metrics: {delivery: {recovers_at: 1 count}}",
            "metrics.delivery.recovers_at: found an unknown key; *",
            id="recovery of a signal",
        ),
        pytest.param(
            "metrics: {latency: {keep_firing_for: 5m}}",
            "metrics.latency.keep_firing_for: found '5m' is not a duration with an end; *",
            id="no duration",
        ),
        pytest.param(
            "metrics: {latency: {runbook: ../x}}",
            "metrics.latency.runbook: found '../x'; expected an address (https://…) or a path "
            "below docs/",
            id="no runbook",
        ),
        pytest.param(
            "metrics: {latency: {severity: {breached: fatal}}}",
            "metrics.latency.severity.breached: found 'fatal'; expected one of critical, *",
            id="unknown severity of a metric",
        ),
        pytest.param(
            "metrics: {latency: {subjects: {chat: {severity: {no_data: warn}}}}}",
            "metrics.latency.subjects.chat.severity.no_data: found 'warn'; *did you mean "
            "'warning'?",
            id="unknown severity of a subject",
        ),
        pytest.param(
            "mute: [{match: {kind: forecasts}, reason: x}]",
            "mute[0].match.kind: found 'forecasts'; *did you mean 'forecast'?",
            id="mutes no kind there is",
        ),
        pytest.param(
            "mute: [{match: {kind: forecast}}]",
            "mute[0].reason: found None; expected why nobody is to be told, which the log says",
            id="mutes without a reason",
        ),
        pytest.param(
            "group_by: [metric, host]",
            "group_by: found 'host'; expected one of metric, subject, domain, owner",
            id="unknown grouping",
        ),
        pytest.param(
            "group_by: [metric, metric]",
            "group_by: found ['metric', 'metric']; expected 'metric' once",
            id="grouped twice",
        ),
        pytest.param(
            "routes: [{match: {}, severity: warning}]",
            "routes[0].name: found None; expected a name, which messages and the log tell",
            id="route without a name",
        ),
        pytest.param(
            "routes: [{name: a, match: {}, severity: warning}, {name: a, match: {}, ladder: [b]}]",
            "routes[1].name: found 'a'; expected a name that no other has",
            id="route of another's name",
        ),
        pytest.param(
            "routes: [{name: default, match: {}, severity: warning}]",
            "routes[0].name: found 'default'; expected another name: *",
            id="route of the default's name",
        ),
        pytest.param(
            "routes: [{name: a, match: {}}]",
            "routes[0]: found none of them; expected a severity, channels or a ladder of its own",
            id="route that changes nothing",
        ),
        pytest.param(
            "routes: [{name: a, severity: warning}]",
            "routes[0].match: found None; expected what is meant, such as {metric: uptime}; *",
            id="route of nothing",
        ),
        pytest.param(
            "routes: [{name: a, match: {}, ladder: []}]",
            "routes[0].ladder: found []; expected at least one who is told",
            id="route to nobody",
        ),
        pytest.param(
            "routes: [{name: a, match: {}, channels: [Slak]}]",
            "routes[0].channels: found 'Slak'; expected one of *did you mean 'Slack'?",
            id="unknown channel",
        ),
        pytest.param(
            "routes: [{name: a, match: {metrics: uptime}, severity: warning}]",
            "routes[0].match.metrics: found an unknown key; *did you mean 'metric'?",
            id="match of an unknown thing",
        ),
        pytest.param(
            "routes: [{name: a, match: {metric: uptme}, severity: warning}]",
            "routes[0].match.metric: found 'uptme'; *did you mean 'uptime'?",
            id="match of no metric",
        ),
        pytest.param(
            'routes: [{name: a, match: {metric: "gpu*"}, severity: warning}]',
            "routes[0].match.metric: found 'gpu*'; expected a pattern that fits one of *",
            id="pattern that fits no metric",
        ),
        pytest.param(
            'routes: [{name: a, match: {subject: "gpu-[1"}, severity: warning}]',
            "routes[0].match.subject: found 'gpu-[1'; expected a name in which * stands *",
            id="bad pattern",
        ),
        pytest.param(
            "routes: [{name: a, match: {kind: breach}, severity: warning}]",
            "routes[0].match.kind: found 'breach'; *did you mean 'breached'?",
            id="unknown kind",
        ),
        pytest.param(
            "routes: [{name: a, match: {grain: 5 minute}, severity: warning}]",
            "routes[0].match.grain: found '5 minute'; *did you mean '5 minutes'?",
            id="unknown grain",
        ),
        pytest.param(
            "inhibit: [{name: a, cause: {metric: uptime}}]",
            "inhibit[0].effect: found None; expected what is meant, *",
            id="inhibition of nothing",
        ),
        pytest.param(
            "inhibit: [{name: a, cause: {}, effect: {}, equal: [host]}]",
            "inhibit[0].equal: found 'host'; expected one of metric, subject, *",
            id="equal in an unknown thing",
        ),
        pytest.param(
            "quiet_hours: [{match: {}, from: 22:00, to: '07:00'}]",
            "quiet_hours[0].from: found '1320' is no time of day; expected hours and minutes, in "
            'quotes: "07:00"',
            id="time without quotes",
        ),
        pytest.param(
            "quiet_hours: [{match: {}, to: '07:00'}]",
            'quiet_hours[0].from: found None; expected a time of day such as "22:00"',
            id="hours without a beginning",
        ),
        pytest.param(
            "quiet_hours: [{match: {}, from: '22:00', to: '07:00', days: [Mo]}]",
            "quiet_hours[0].days: found 'Mo'; expected one of Mon, Tue, *",
            id="unknown day",
        ),
        pytest.param(
            "quiet_hours: [{match: {}, from: '22:00', to: '07:00', zone: Europe/Berln}]",
            "quiet_hours[0].zone: found 'Europe/Berln'; expected an IANA zone *",
            id="unknown zone",
        ),
        pytest.param(
            "maintenance: [{match: {}, start_at: 2026-12-01T02:00, end_at: 2026-12-01T04:00Z}]",
            "maintenance[0].start_at: found '2026-12-01T02:00'; expected a moment with its zone, *",
            id="moment without a zone",
        ),
        pytest.param(
            "maintenance: [{match: {}, start_at: 2026-12-01T02:00Z, end_at: 2026-12-01T02:00Z}]",
            "maintenance[0].end_at: found '2026-12-01T02:00Z'; expected a moment after start_at",
            id="work that ends before it begins",
        ),
        pytest.param(
            "severities: {critical: {response_time: 1 hour}}",
            "severities.critical.response_time: found '1 hour'; expected what the specification "
            "leaves open; a route may send elsewhere",
            id="what the specification says",
        ),
        pytest.param(
            "severities: {fatal: {}}",
            "severities.fatal: found an unknown key; expected one of critical, *",
            id="unknown severity",
        ),
        pytest.param(
            "severities: {critical: {repeats: -1}}",
            "severities.critical.repeats: found -1; expected a whole number from 0 to 100",
            id="repeats below none",
        ),
        pytest.param(
            "severities: {critical: {ladder: []}}",
            "severities.critical.ladder: found []; expected at least one who is told",
            id="escalation without a ladder",
        ),
        pytest.param(
            "severities: {warning: {digest_channels: [Email]}}",
            "severities.warning.digest_at: found None; expected when the digest is mailed, *",
            id="digest without a time",
        ),
        pytest.param(
            "severities: {warning: {digest_channels: [SMS], digest_at: '07:00'}}",
            "severities.warning.digest_channels: found 'SMS'; expected one of Email, Slack",
            id="digest on a channel it has not",
        ),
        pytest.param(
            "flapping: {clears: 0}",
            "flapping.clears: found 0; expected a whole number from 1 to 100",
            id="flapping without an end",
        ),
    ],
)
def test_a_fault_says_where_what_was_found_and_what_was_expected(
    tmp_path: Path, text: str, says: str
) -> None:
    _, faults = read_all(tmp_path, text)
    assert len(faults) == 1, faults
    position = 0
    for part in says.split("*"):
        found = faults[0].find(part, position)
        assert found >= 0, faults[0]
        position = found + len(part)


def test_every_fault_is_noted_at_once(tmp_path: Path) -> None:
    _, faults = read_all(
        tmp_path,
        """
        group_by: [host]
        metrics: {latency: {for: soon, runbook: x}}
        routes: [{name: a, match: {kind: bad}, ladder: []}]
        quiet_hours: [{match: {}, from: "25:00", to: "07:00", zone: Mars}]
        severities: {critical: {repeats: many}}
        """,
    )
    assert sorted(fault.partition(": ")[0] for fault in faults) == [
        "group_by",
        "metrics.latency.for",
        "metrics.latency.runbook",
        "quiet_hours[0].from",
        "quiet_hours[0].zone",
        "routes[0].ladder",
        "routes[0].match.kind",
        "severities.critical.repeats",
    ]
