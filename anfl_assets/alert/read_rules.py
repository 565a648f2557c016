"""Routes, inhibitions, quiet hours and announced work, as an organisation writes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from zoneinfo import ZoneInfo

from anfl_assets.alert.policy import Inhibition, Maintenance, QuietHours, Route, Unheard
from anfl_assets.alert.read_match import Names, read_match
from anfl_assets.alert.read_value import moment, parsed, words
from anfl_assets.catalog import InhibitRule, parse_clock
from anfl_assets.catalog.alerting import EQUALS
from anfl_assets.config.section import Section
from anfl_assets.store.alerts.records import Match

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# The route of what no route matches.
DEFAULT = "default"


def read_routes(section: Section, names: Names) -> tuple[Route, ...]:
    """Read the routes; the first that matches counts."""
    routes = tuple(_route(item, names) for item in section.items("routes"))
    _once(section, "routes", [each.name for each in routes])
    return routes


def read_inhibitions(section: Section, names: Names) -> tuple[Inhibition, ...]:
    """Return the catalog's inhibitions and the file's; of one name the file's counts."""
    rules = (_of_rule(each) for each in names.catalog.alert_rules.inhibit)
    own = [_inhibition(item, names) for item in section.items("inhibit")]
    _once(section, "inhibit", [each.name for each in own])
    return tuple({each.name: each for each in (*rules, *own)}.values())


def read_quiet_hours(section: Section, names: Names) -> tuple[QuietHours, ...]:
    """Read the hours in which messages wait."""
    return tuple(_quiet_hours(item, names) for item in section.items("quiet_hours"))


def read_maintenance(section: Section, names: Names) -> Iterator[Maintenance]:
    """Yield announced work."""
    for item in section.items("maintenance"):
        item.only(("match", "start_at", "end_at", "reason"))
        match = read_match(item, "match", names)
        start_at, end_at = moment(item, "start_at"), moment(item, "end_at")
        if start_at is None or end_at is None:
            continue
        if end_at <= start_at:
            item.fault("end_at", "a moment after start_at")
        yield Maintenance(match, start_at, end_at, item.text("reason") or "announced work")


def read_unheard(section: Section, names: Names) -> Iterator[Unheard]:
    """Yield what nobody is to be told of at all; a reason must stand beside it."""
    for item in section.items("mute"):
        item.only(("match", "reason"))
        reason = item.text("reason")
        if not reason:
            item.fault("reason", "why nobody is to be told, which the log says")
        yield Unheard(read_match(item, "match", names), reason or "")


def ladder_at(section: Section) -> tuple[str, ...] | None:
    """Return the ladder of a severity or route; one without anybody is a fault."""
    ladder = words(section, "ladder")
    if ladder == ():
        section.fault("ladder", "at least one who is told")
    return ladder


def _route(section: Section, names: Names) -> Route:
    section.only(("name", "match", "severity", "channels", "ladder"))
    route = Route(
        name=_name(section),
        match=read_match(section, "match", names),
        severity=section.choice("severity", names.severities),
        channels=words(section, "channels", names.channels),
        ladder=ladder_at(section),
    )
    if route.channels == ():
        section.fault("channels", "at least one channel")
    if route.name == DEFAULT:
        section.fault("name", f"another name: {DEFAULT!r} is the way of what no route matches")
    if not any(key in section.content for key in ("severity", "channels", "ladder")):
        section.fault("", "a severity, channels or a ladder of its own", "none of them")
    return route


def _of_rule(rule: InhibitRule) -> Inhibition:
    return Inhibition(rule.name, Match(**rule.cause), Match(**rule.effect), rule.equal)


def _inhibition(section: Section, names: Names) -> Inhibition:
    section.only(("name", "cause", "effect", "equal"))
    cause, effect = read_match(section, "cause", names), read_match(section, "effect", names)
    equal = words(section, "equal", EQUALS) or ()
    return Inhibition(_name(section), cause, effect, equal)


def _quiet_hours(section: Section, names: Names) -> QuietHours:
    section.only(("match", "days", "from", "to", "zone"))
    days = words(section, "days", DAYS)
    if days == ():
        section.fault("days", "at least one day")
    return QuietHours(
        match=read_match(section, "match", names),
        days=frozenset(DAYS.index(day) for day in days or DAYS if day in DAYS),
        begin=_clock(section, "from"),
        until=_clock(section, "to"),
        zone=section.zone("zone") or ZoneInfo("UTC"),
    )


def _clock(section: Section, name: str) -> time:
    if section.content.get(name) is None:
        section.fault(name, 'a time of day such as "22:00"')
    return parsed(section, name, parse_clock) or time()


def _name(section: Section) -> str:
    name = section.text("name")
    if not name:
        section.fault("name", "a name, which messages and the log tell")
    return name or ""


def _once(section: Section, key: str, names: list[str]) -> None:
    for position, name in enumerate(names):
        if name and name in names[:position]:
            section.fault(f"{key}[{position}].name", "a name that no other has", repr(name))
