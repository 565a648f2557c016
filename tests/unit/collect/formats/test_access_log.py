"""Access logs: every line a row or a reject, quotes and odd requests included."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
import pytest

from anfl_assets.collect.collected import Collected
from anfl_assets.collect.columns.expressions import Constant, Read
from anfl_assets.collect.feed import Format
from anfl_assets.collect.formats.access_log import access_log_rows
from anfl_assets.errors import SourceError

Collect = Callable[..., Collected]
AT = "17/May/2015:10:05:03 +0200"
COMMON = f'127.0.0.1 - - [{AT}] "GET /a?b=1 HTTP/1.1" 200 2326'
COMBINED = f'{COMMON} "http://x/" "Mozilla/5.0 (X11)"'
ACCESSES = {
    "observed_at": Read("time", format="%d/%b/%Y:%H:%M:%S %z"),
    "service": Constant("web"),
    "status_code": Read("status"),
    "response_ms": Read("extra_1", unit="s", factor=1000),
    "bytes": Read("bytes"),
}


def split(*lines: str, extras: int = 0) -> list[dict[str, object]]:
    return access_log_rows(pl.Series(list(lines)), 1, extras=extras).rows.to_dicts()


def test_a_file_becomes_accesses_and_what_is_no_line_is_quarantined(collect: Collect) -> None:
    content = f"{COMBINED} 0.25\n\ncut off in the mid\n{COMMON} 1.5"
    collected = collect(
        content, "access.log", entity="accesses", columns=ACCESSES, format=Format.ACCESS_LOG
    )

    assert collected.rows["line"].to_list() == [1, 4]
    assert collected.rows["observed_at"][0] == datetime(2015, 5, 17, 8, 5, 3, tzinfo=UTC)
    assert collected.rows["response_ms"].to_list() == [250.0, 1500.0]
    assert collected.rows["bytes"].to_list() == [2326, 2326]
    assert collected.rejects["line"].to_list() == [3]
    assert json.loads(collected.rejects["body"][0]) == {"text": "cut off in the mid"}


def test_a_combined_line_is_split_into_its_fields() -> None:
    assert split(COMBINED) == [
        {
            "client": "127.0.0.1",
            "ident": None,
            "user": None,
            "time": AT,
            "method": "GET",
            "path": "/a?b=1",
            "protocol": "HTTP/1.1",
            "status": "200",
            "bytes": "2326",
            "referrer": "http://x/",
            "agent": "Mozilla/5.0 (X11)",
            "__line__": 1,
        }
    ]


def test_escaped_quotes_stay_inside_their_field() -> None:
    (row,) = split(rf'::1 - - [{AT}] "GET /\"a\" HTTP/1.0" 404 - "-" "say \"hi\" \\"')

    assert (row["path"], row["agent"], row["bytes"]) == ('/"a"', 'say "hi" \\', None)


def test_a_user_may_have_spaces_in_his_name() -> None:
    (row,) = split(COMMON.replace("- -", "- John Doe"))

    assert (row["user"], row["status"]) == ("John Doe", "200")


@pytest.mark.parametrize(
    ("request_line", "path"), [("-", None), (r"\x16\x03\x01", r"\x16\x03\x01"), ("", None)]
)
def test_what_is_no_http_request_stands_whole_in_path(request_line: str, path: str | None) -> None:
    (row,) = split(f'1.1.1.1 - - [{AT}] "{request_line}" 400 12 "-" "-"')

    assert (row["method"], row["path"], row["protocol"]) == (None, path, None)


def test_fields_after_the_agent_are_numbered_and_may_be_quoted() -> None:
    (row,) = split(f'{COMBINED} "10.0.0.1, 10.0.0.2" 0.5 -', extras=4)

    assert [row[f"extra_{number}"] for number in (1, 2, 3, 4)] == [
        *("10.0.0.1, 10.0.0.2", "0.5"),
        *(None, None),
    ]


@pytest.mark.parametrize("length", [len(COMBINED) - 1, len(COMBINED) - 9, len(COMMON) + 2])
def test_a_line_that_was_cut_off_inside_a_quote_is_no_common_line(length: int) -> None:
    batch = access_log_rows(pl.Series([COMBINED[:length]]), 7)

    assert (batch.rows.height, batch.rejects["line"].to_list()) == (0, [7])


def test_a_column_that_no_access_log_has_is_named(collect: Collect) -> None:
    with pytest.raises(SourceError, match="'adress' is missing"):
        collect(
            COMMON,
            "access.log",
            entity="accesses",
            columns=ACCESSES | {"service": Read("adress")},
            format=Format.ACCESS_LOG,
        )


def test_lines_are_numbered_across_blocks_and_line_ends(collect: Collect) -> None:
    content = f"{COMMON}\r\n".encode() * 60_000
    collected = collect(
        content,
        "access.log",
        entity="accesses",
        columns=ACCESSES | {"response_ms": Constant(1.0)},
        format=Format.ACCESS_LOG,
    )

    assert collected.received == 60_000
    assert collected.rows["line"].to_list() == list(range(1, 60_001))
