"""`make` alone lists the verbs a person may say, and every one of them is there."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERBS = ["setup", "run", "up", "test", "check", "bench", "campaign", "clean"]


def test_make_alone_lists_the_verbs() -> None:
    listed = subprocess.run(
        ["make", "--silent"],  # noqa: S607 - the make of this machine
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert [line.split()[1] for line in listed.splitlines()] == ["help", *VERBS]


def test_continuous_integration_says_check_and_test() -> None:
    script = (ROOT / ".ci" / "run").read_text().splitlines()
    assert {"make check", "make test"} <= set(script)
