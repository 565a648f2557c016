"""Our firing timelines are those of Prometheus on the same rules and series, at every evaluation.

Series without gaps: where one has a gap Prometheus resolves the alert and we keep it, on purpose.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
import yaml

from anfl_assets.alert.policy import Flapping, Policy
from anfl_assets.alert.replay import replay
from tests.unit.alert.histories import FIVE, Values, history
from tests.unit.alert.world import START, policy, watched

_PROMTOOL = shutil.which("promtool")
_WINDOWS = 60
_SERIES = 36
# minutes of `for` and of `keep_firing_for`; 12 and 7 end between two evaluations
_RULES = {f"rule_{held}_{kept}": (held, kept) for held, kept in product((0, 5, 12, 20), (0, 7, 15))}

pytestmark = pytest.mark.skipif(_PROMTOOL is None, reason="promtool is not installed")


def _policy() -> Policy:
    metrics = [
        watched(
            name,
            hold=f"{held} minutes" if held else "1 evaluation",
            keep_firing_for=timedelta(minutes=kept),
        )
        for name, (held, kept) in _RULES.items()
    ]
    calm = timedelta()
    return replace(policy(*metrics), flapping=Flapping(10**9, calm, calm))


def _series(seed: int, subjects: int) -> dict[tuple[str, str], Values]:
    """Random values that tend to stay where they are, some exactly on the threshold."""
    chance = random.Random(seed)  # noqa: S311 - a test's own numbers

    def one() -> list[float]:
        values: list[float] = []
        stays = chance.choice([0.4, 0.7, 0.9])
        while len(values) < _WINDOWS:
            again = values and chance.random() < stays
            values.append(values[-1] if again else chance.choice([20.0, 60.0, 100.0, 101.0, 250.0]))
        return values

    return {(name, f"s{number:02}"): one() for name in _RULES for number in range(subjects)}


def _firing(values: dict[tuple[str, str], Values]) -> dict[str, list[set[str]]]:
    """Return of each rule, evaluation by evaluation, the subjects that fire."""
    end = START + (_WINDOWS + 1) * FIVE
    decisions = replay(history(values), _policy(), start=START, end=end).decisions
    turns: dict[str, dict[int, list[tuple[str, bool]]]] = defaultdict(lambda: defaultdict(list))
    for each in decisions:
        key = each.condition
        if key and key.kind == "breached" and each.verdict in ("firing", "cleared"):
            window = (each.at - START) // FIVE - 1
            turns[key.metric_id][window].append((key.subject, each.verdict == "firing"))
    found: dict[str, list[set[str]]] = {}
    for name in _RULES:
        now: set[str] = set()
        found[name] = []
        for window in range(_WINDOWS):
            for subject, is_firing in turns[name][window]:
                (now.add if is_firing else now.discard)(subject)
            found[name].append(set(now))
    return found


def _rules() -> dict[str, object]:
    rules = [
        {
            "alert": name,
            "expr": f'latency{{rule="{name}"}} > 100',
            "for": f"{held}m",
            "keep_firing_for": f"{kept}m",
        }
        for name, (held, kept) in _RULES.items()
    ]
    return {"groups": [{"name": "all", "rules": rules}]}


def _test(
    values: dict[tuple[str, str], Values], firing: dict[str, list[set[str]]]
) -> dict[str, object]:
    return {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "5m",
        "tests": [
            {
                "interval": "5m",
                "input_series": [
                    {
                        "series": f'latency{{rule="{name}",subject="{subject}"}}',
                        "values": " ".join(f"{value:g}" for value in series if value is not None),
                    }
                    for (name, subject), series in values.items()
                ],
                "alert_rule_test": [
                    {
                        "eval_time": f"{5 * window}m",
                        "alertname": name,
                        "exp_alerts": [
                            {"exp_labels": {"rule": name, "subject": subject}}
                            for subject in sorted(subjects)
                        ],
                    }
                    for name, windows in firing.items()
                    for window, subjects in enumerate(windows)
                ],
            }
        ],
    }


def _promtool(folder: Path, test: dict[str, object]) -> subprocess.CompletedProcess[str]:
    (folder / "rules.yml").write_text(yaml.safe_dump(_rules()))
    (folder / "test.yml").write_text(yaml.safe_dump(test))
    return subprocess.run(
        [_PROMTOOL or "promtool", "test", "rules", "test.yml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )


def test_promtool_sees_fire_what_we_see_fire_at_every_evaluation(tmp_path: Path) -> None:
    values = _series(4, _SERIES)
    firing = _firing(values)
    # Something fires, ends and is kept in every rule, or nothing is shown.
    for name, windows in firing.items():
        assert len({frozenset(each) for each in windows}) > 20, name
    found = _promtool(tmp_path, _test(values, firing))
    assert (found.returncode, found.stdout.count("FAILED")) == (0, 0), found.stdout[:2000]


def test_promtool_notices_a_single_alert_that_is_not_ours(tmp_path: Path) -> None:
    values = _series(5, 8)
    firing = _firing(values)
    firing["rule_12_7"][30] ^= {"s07"}
    assert _promtool(tmp_path, _test(values, firing)).returncode == 1
