"""A policy as JSON: what is in force, and a mark that tells one policy from another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from anfl_assets.alert.policy import Policy
from anfl_assets.catalog import Hold


def policy_json(policy: Policy) -> str:
    """Write a policy, keys in order; spans are seconds, a subject's severity is `subject/kind`."""
    return json.dumps(_plain(policy), ensure_ascii=False, sort_keys=True, indent=2)


def fingerprint(policy: Policy) -> str:
    """Return what two policies share only if they decide alike: sha256 of their JSON."""
    return hashlib.sha256(policy_json(policy).encode()).hexdigest()


def _plain(value: object) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, Mapping):
        return {_key(key): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, frozenset):
        return sorted(_plain(each) for each in value)
    if is_dataclass(value) and not isinstance(value, Hold):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return _scalar(value)


def _scalar(value: object) -> object:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, Hold | ZoneInfo) else value


def _key(key: object) -> str:
    return "/".join(map(str, key)) if isinstance(key, tuple) else str(key)
