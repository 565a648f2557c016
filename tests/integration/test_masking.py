"""Masked persons: after landing good and bad rows, no byte of the data folder names one."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from anfl_assets.collect.feeds import load_feeds
from anfl_assets.flow.land import land
from anfl_assets.store.workspace import Workspace, open_workspace
from tests.integration.landing_folder import NOW, Folder

CANARIES = ("Ann-Canary", "ann.canary@example.org", "7946 0958", "203.0.113.77")
VARIABLES = {"ANFL_MASK_KEY": "a key for these tests alone"}
FEEDS = """
feeds:
  answers:
    entity: responses
    files: answers.FORMAT
    shape:
      - mask: {who: pseudonym, said: text, address: remove}
    columns:
      answered_at: {from: at, zone: UTC}
      respondent_id: who
      score: score
      scale_min: {constant: 1}
      scale_max: {constant: 5}
      comment: said
"""
SAID = "I am at ann.canary@example.org, +44 20 7946 0958 or 203.0.113.77"
ROWS = [
    {"at": "2026-02-01 10:00", "who": "Ann-Canary", "score": "4", "said": SAID},
    {"at": "2026-02-01 10:00", "who": "Ann-Canary", "score": "9", "said": SAID},
    {"at": "soon", "who": "Ann-Canary", "score": "five", "said": SAID},
]
ADDRESS = "Ann-Canary 1"


def csv_file() -> str:
    lines = [f'{row["at"]},{row["who"]},{row["score"]},"{row["said"]}",{ADDRESS}' for row in ROWS]
    ragged = f'2026-02-01,Ann-Canary,"{SAID}"'
    return "\n".join(["at,who,score,said,address", *lines, ragged, ""])


def jsonl_file() -> str:
    lines = [json.dumps(row | {"address": ADDRESS, "more": SAID}) for row in ROWS]
    return "\n".join([*lines, f'{{"at": broken, "who": "Ann-Canary {SAID}"', ""])


def landed(root: Path, form: str, content: str) -> Workspace:
    (root / f"answers.{form}").write_text(content, encoding="utf-8")
    (root / "feeds.yaml").write_text(FEEDS.replace("FORMAT", form), encoding="utf-8")
    workspace = open_workspace(root / "data")
    (report,) = land(workspace, load_feeds(root / "feeds.yaml", VARIABLES), now=NOW)
    found = (report.received, report.accepted, report.quarantined, report.duplicates)
    assert (report.status, found) == ("landed", (4, 1, 3, 0))
    return workspace


@pytest.mark.parametrize(("form", "content"), [("csv", csv_file()), ("jsonl", jsonl_file())])
def test_nothing_that_is_kept_names_a_person(tmp_path: Path, form: str, content: str) -> None:
    workspace = landed(tmp_path, form, content)

    for path in workspace.root.rglob("*"):
        if not path.is_file():
            continue
        # Parquet compresses: what it says is looked at unpacked.
        stored = (
            str(pl.read_parquet(path).to_dicts()).encode()
            if path.suffix == ".parquet"
            else path.read_bytes()
        )
        assert not [name for name in CANARIES if name.encode() in stored], path
    place = Folder(tmp_path)
    (comment,) = place.rows("responses")["comment"]
    assert comment == "I am at [email], [phone] or [ip]"
    assert all("person-" in row["body"] for row in place.quarantine() if row["rule"][0] == "s")
