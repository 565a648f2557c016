"""`anfl alerts`: the map of its sub-commands; each is a module of its own."""

from __future__ import annotations

import click

from anfl_assets.cli.lazy import Entry, LazyGroup

_GROUPS = {
    "What is wrong": {
        "list": Entry("anfl_assets.cli.alerts.list", "Open incidents, silences, what is stuck."),
        "show": Entry("anfl_assets.cli.alerts.show", "One incident: members, who was told, when."),
        "why": Entry("anfl_assets.cli.alerts.why", "The whole story of an incident, in order."),
        "why-not": Entry(
            "anfl_assets.cli.alerts.why_not", "Why nobody was told of a metric at a moment."
        ),
    },
    "What a person does about it": {
        "ack": Entry("anfl_assets.cli.alerts.answer", "I am on it: stop telling others.", "ack"),
        "resolve": Entry("anfl_assets.cli.alerts.answer", "Close it by hand.", "resolve"),
        "silence": Entry(
            "anfl_assets.cli.alerts.silence", "Tell nobody for a while, for a reason.", "silence"
        ),
        "unsilence": Entry("anfl_assets.cli.alerts.silence", "End a silence.", "unsilence"),
    },
    "Before it goes wrong": {
        "check": Entry("anfl_assets.cli.alerts.check", "Check alerts.yaml; exit code 2 if faulty."),
        "test": Entry("anfl_assets.cli.alerts.try_channel", "Send a test through a channel, now."),
        "replay": Entry(
            "anfl_assets.cli.alerts.replay", "The policy on stored history; compare two of them."
        ),
        "verify": Entry("anfl_assets.cli.alerts.verify", "Policy tests: series in, messages out."),
        "sandbox": Entry("anfl_assets.cli.alerts.sandbox", "A stand-in for all providers."),
    },
}


@click.group(cls=LazyGroup, titled=_GROUPS, name="alerts")
def command() -> None:
    """Incidents, silences, and why somebody was told or was not."""
