"""A forecast as a condition: told once, kept while nothing can be told, muted by its breach."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from anfl_assets.alert.policy import Inhibition, Policy, Unheard
from anfl_assets.deliver.message import from_json
from anfl_assets.store.alerts.records import Match, Reading
from tests.unit.alert.world import MINUTE, START, World, policy, reading, watched

_DAY = 24 * 60
_COMING = "will cross 100 ms around 2026-04-12 (even odds), 90 % sure by 2026-04-20; now 81 ms"


def foreseeing(**changed: object) -> Policy:
    """A latency whose forecasts are information, however long its breaches are held and kept."""
    latency = watched(
        hold="2 evaluations",
        severity={"breached": "critical", "no_data": "critical", "forecast": "information"},
        keep_firing_for=5 * MINUTE,
    )
    come_true = Inhibition(
        "come_true", Match(kind="breached"), Match(kind="forecast"), ("metric", "subject")
    )
    given = {"inhibitions": (come_true,), **changed}
    return policy(latency, **given)


def foretold(status: str, day: int, *, subject: str = "chat") -> Reading:
    """What the vintage made on a day says."""
    made_at = START + timedelta(days=day)
    said = reading(status, made_at, value=81.0, subject=subject, grain="capacity_planning")
    detail = {
        "forecast": _COMING,
        "unlikely": "is not expected to cross 100 ms by 2026-05-31 (20 % likely)",
        "insufficient": "no forecast to trust: no better than naive",
    }
    return replace(said, detail=detail[status])


def dashboards(world: World) -> list[tuple[float, str]]:
    """What the dashboard showed of it, without the mail's digest."""
    return [(minute, reason) for minute, reason, channel, _ in world.sent if channel == "Dashboard"]


def test_a_forecast_is_told_at_once_and_once_more_where_nobody_answers_within_a_day() -> None:
    world = World(foreseeing())
    for minute in (0, 1, 10, 3 * _DAY):
        world.see(minute, foretold("forecast", 0))
    assert dashboards(world) == [(0, "first"), (3 * _DAY, "repeat")]
    [incident] = world.state.incidents.values()
    assert (incident.kind, incident.policy.severity) == ("forecast", "information")
    assert {channel for *_, channel, _ in world.sent} == {"Dashboard", "Email"}


def test_a_newer_forecast_that_foretells_nothing_ends_it_at_once() -> None:
    world = World(foreseeing())
    world.see(0, foretold("forecast", 0))
    world.see(7 * _DAY, foretold("unlikely", 7))
    assert dashboards(world) == [(0, "first"), (7 * _DAY, "recovery")]
    assert world.state.incidents == {}


def test_while_nothing_can_be_told_it_stays_open_and_is_not_told_again() -> None:
    world = World(foreseeing())
    world.see(0, foretold("forecast", 0))
    world.acknowledge(1)
    for week in (1, 2, 3):
        world.see(week * 7 * _DAY, foretold("insufficient", 7 * week))
    world.see(28 * _DAY, foretold("forecast", 28))
    assert dashboards(world) == [(0, "first")]
    assert "kept_insufficient" in [verdict for _, verdict in world.log]


def test_what_cannot_be_told_begins_nothing() -> None:
    world = World(foreseeing())
    world.see(0, foretold("insufficient", 0), foretold("unlikely", 0, subject="search"))
    assert (world.sent, world.state.conditions) == ([], {})


def test_a_breach_mutes_the_forecast_of_the_same_and_no_other() -> None:
    world = World(foreseeing())
    forecasts = (foretold("forecast", 0), foretold("forecast", 0, subject="search"))
    world.see(0, *forecasts)
    world.see(5, *forecasts, reading("breached", START + 5 * MINUTE))
    world.see(10, *forecasts, reading("breached", START + 10 * MINUTE))
    verdicts = {key.subject: each.verdict for key, each in world.state.conditions.items()
                if key.kind == "forecast"}  # fmt: skip
    assert verdicts == {"chat": "inhibited", "search": "joined"}


def test_a_breach_that_comes_and_goes_does_not_tell_of_the_forecast_again() -> None:
    world = World(foreseeing())
    for minute in range(0, 200, 5):
        is_over = minute // 50 % 2
        judged = reading("breached" if is_over else "on_target", START + minute * MINUTE)
        world.see(minute, foretold("forecast", 0), judged)
    assert dashboards(world) == [(0, "first")]
    assert {"muted", "unmuted"} <= {verdict for _, verdict in world.log}


def test_a_forecast_that_came_true_ends_while_its_breach_goes_on() -> None:
    world = World(foreseeing())
    world.see(0, foretold("forecast", 0))
    for minute in (7 * _DAY, 7 * _DAY + 5):
        now = reading("breached", START + minute * MINUTE)
        world.see(minute, foretold("forecast", 0), now)
    world.see(7 * _DAY + 10, foretold("unlikely", 7), reading("breached", world.now + 5 * MINUTE))
    assert [each.kind for each in world.state.incidents.values()] == ["breached"]


def test_muted_by_the_organisations_file_it_is_logged_and_told_to_nobody() -> None:
    unheard = Unheard(Match(kind="forecast", subject="cha*"), "meant to run full")
    world = World(foreseeing(unheard=(unheard,)))
    world.see(0, foretold("forecast", 0))
    [condition] = world.state.conditions.values()
    assert (world.sent, condition.verdict) == ([], "silenced")
    assert condition.detail == "alerts.yaml mutes it (meant to run full)"


def test_a_silence_of_its_kind_silences_it_and_leaves_breaches_alone() -> None:
    world = World(foreseeing())
    world.silence(0, 60, kind="forecast")
    world.see(1, foretold("forecast", 0), reading("breached", START + MINUTE))
    world.see(6, foretold("forecast", 0), reading("breached", START + 6 * MINUTE))
    assert {channel for *_, channel, _ in world.sent} == {"PagerDuty", "SMS", "Email"}


def test_of_several_the_soonest_is_told_first() -> None:
    world = World(foreseeing())
    late = replace(foretold("forecast", 0), due_at=START + timedelta(days=60))
    soon = replace(foretold("forecast", 0, subject="search"), due_at=START + timedelta(days=9))
    world.see(0, late, soon)
    [waiting] = world.waiting
    assert [each.subject for each in from_json(waiting.body).lines] == ["search", "chat"]


def test_its_message_links_to_the_page_of_its_metric() -> None:
    world = World(foreseeing(link="https://metrics.example.org"))
    world.see(0, foretold("forecast", 0, subject="db 2/disk"))
    [waiting] = world.waiting
    message = from_json(waiting.body)
    assert (
        message.link == "https://metrics.example.org/metrics/latency?subject=db+2%2Fdisk#forecast"
    )
