"""Faults on purpose: what the next requests of a provider meet, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from anfl_assets.deliver.sandbox.received import PROVIDERS
from anfl_assets.errors import UserError

_LEAST_STATUS, _MOST_STATUS = 400, 599
_LONGEST_S = 3_600.0
_DEEDS = {
    "status",
    "code",
    "error",
    "hang_s",
    "slow_body_s",
    "reset",
    "accept_then_reset",
    "pass",
}
_MORE = {"retry_after", "at"}
_OF_MAIL = {"code", "hang_s", "reset", "accept_then_reset", "pass"}
_OF_HTTP = _DEEDS - {"code"}


class BadScript(UserError):
    """A script of faults that cannot be played."""


@dataclass(frozen=True)
class Step:
    """One fault; exactly one deed is set.

    `status` (with `retry_after`) answers so; `error` is Slack's `ok: false`; `code` is SMTP's.
    `hang_s` waits, and a client that has gone by then had no message. `slow_body_s` takes the
    message and lets its answer drip. `reset` cuts the connection; with `is_accepted` the message
    was taken before. `at` names the only action it waits for (chat.update, RCPT).
    """

    told: Mapping[str, Any]
    status: int | None = None
    code: int | None = None
    error: str | None = None
    hang_s: float = 0.0
    slow_body_s: float = 0.0
    reset: bool = False
    is_accepted: bool = True
    retry_after: float | None = None
    at: str | None = None


@dataclass
class Script:
    """The steps that wait, by provider."""

    _steps: dict[str, list[Step]] = field(default_factory=dict)

    def add(self, provider: str, steps: object) -> None:
        """Put steps behind those that wait.

        Raises:
            BadScript: no such provider, or a step it cannot play.
        """
        if provider not in PROVIDERS:
            raise BadScript(f"{provider}: expected one of {', '.join(PROVIDERS)}")
        if not isinstance(steps, list):
            raise BadScript('expected a list of steps such as [{"status": 500}]')
        read = [_step(each, _OF_MAIL if provider == "smtp" else _OF_HTTP) for each in steps]
        self._steps.setdefault(provider, []).extend(read)

    def take(self, provider: str, action: str, *, only_named: bool = False) -> Step | None:
        """Return the first step that this request meets; it is used up.

        `only_named`: steps that name no action wait for the end of the message (SMTP).
        """
        waiting = self._steps.get(provider, [])
        for position, step in enumerate(waiting):
            if step.at == action or (step.at is None and not only_named):
                return waiting.pop(position)
        return None

    def clear(self) -> None:
        """Forget the steps that wait."""
        self._steps.clear()


def _step(told: object, deeds: set[str]) -> Step:
    """Read one step."""
    if not isinstance(told, dict) or len(told.keys() & deeds) != 1 or told.keys() - deeds - _MORE:
        raise BadScript(
            f"step {told!r}: expected one of {', '.join(sorted(deeds))}, with "
            f"{' and '.join(sorted(_MORE))} where they help"
        )
    for name in ("hang_s", "slow_body_s", "retry_after"):
        _check_number(told, name, 0, _LONGEST_S)
    for name in ("status", "code"):
        _check_number(told, name, _LEAST_STATUS, _MOST_STATUS)
    known = {name: value for name, value in told.items() if name in Step.__dataclass_fields__}
    if told.get("accept_then_reset"):
        return Step(told, **{**known, "reset": True})
    return Step(
        told, **known, is_accepted=not (known.keys() & {"status", "code", "error", "reset"})
    )


def _check_number(told: Mapping[str, Any], name: str, least: float, most: float) -> None:
    value = told.get(name, least)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise BadScript(f"{name}: found {value!r}; expected a number from {least} to {most}")
