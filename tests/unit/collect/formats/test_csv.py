"""CSV: every line of a file is a row, a reject, or blank."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anfl_assets.collect.collected import Collected
from anfl_assets.collect.columns.expressions import Read
from anfl_assets.collect.formats import csv as reader
from anfl_assets.collect.formats.csv_records import split_records
from anfl_assets.collect.formats.csv_split import Splitter, parse_regular
from anfl_assets.collect.formats.csv_structure import regular_stretch
from anfl_assets.errors import SourceError

Collect = Callable[..., Collected]
HEAD = "at,service,ms,failed\n"
GOOD = "2026-09-01T00:00:00Z,api,12.5,false\n"
EVENT_COLUMNS = {
    "occurred_at": Read("at"),
    "user_id": Read("user"),
    "event_name": Read("event"),
}


def test_a_regular_file_keeps_values_and_line_numbers(collect: Collect) -> None:
    rows = collect(HEAD + GOOD + GOOD).rows

    assert rows["latency_ms"].to_list() == [12.5, 12.5]
    assert rows["line"].to_list() == [2, 3]
    assert rows["row_key"].to_list() == [None, None]


def test_columns_are_matched_by_name_when_the_header_is_swapped(collect: Collect) -> None:
    rows = collect("failed,ms,service,at\ntrue,7,api,2026-09-01T00:00:00Z\n").rows

    assert rows.row(0)[1:4] == ("api", 7.0, True)


def test_a_missing_column_lists_found_and_expected(collect: Collect) -> None:
    with pytest.raises(SourceError) as raised:
        collect("at,service,mss,failed\n" + GOOD)

    assert "column 'ms' is missing (did you mean 'mss'?)" in str(raised.value)
    assert "Found: at, service, mss, failed" in str(raised.value)
    assert "Expected by feed rows: at, service, ms, failed" in str(raised.value)


def test_a_file_without_header_line_is_recognised(collect: Collect) -> None:
    with pytest.raises(SourceError, match="is the header line missing"):
        collect(GOOD + GOOD)


def test_a_file_without_header_line_is_read_when_the_feed_names_the_columns(
    collect: Collect,
) -> None:
    rows = collect(GOOD + GOOD, header=("at", "service", "ms", "failed")).rows

    assert rows["line"].to_list() == [1, 2]


def test_a_column_named_twice_is_an_error_where_it_is_read(collect: Collect) -> None:
    with pytest.raises(SourceError, match="'ms' stands twice"):
        collect("at,service,ms,ms,failed\n2026-09-01T00:00:00Z,api,1,2,false\n")


def test_a_column_named_twice_is_harmless_where_nothing_reads_it(collect: Collect) -> None:
    rows = collect("at,x,x,service,ms,failed,,\n2026-09-01T00:00:00Z,1,2,api,1,false,,\n").rows

    assert rows.height == 1


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param("2026-09-01T00:00:00Z,api", "2 fields; expected 4", id="too few"),
        pytest.param(GOOD.strip() + ",x", "5 fields; expected 4", id="too many"),
        pytest.param('2026-09-01T00:00:00Z,"api,1,false', "not closed", id="unclosed quote"),
        pytest.param('2026-09-01T00:00:00Z,"a"b,1,false', "expected after", id="text after quote"),
    ],
)
def test_a_ragged_row_is_rejected_with_its_line_and_text(
    collect: Collect, bad: str, reason: str
) -> None:
    collected = collect(HEAD + GOOD + bad + "\n" + GOOD)

    assert collected.rows["line"].to_list() == [2, 4]
    (reject,) = collected.rejects.to_dicts()
    assert (reject["line"], reject["rule"]) == (3, "ragged_row")
    assert reason in reject["reason"]
    assert json.loads(reject["body"]) == {"text": bad}
    assert collected.received == 3


def test_rows_too_short_and_too_long_do_not_cancel_out(collect: Collect) -> None:
    collected = collect(HEAD + GOOD.strip() + ",x\n" + "2026-09-01T00:00:00Z,api,1\n")

    assert collected.rejects["line"].to_list() == [2, 3]


def test_quoted_line_ends_and_delimiters_keep_later_line_numbers_right(collect: Collect) -> None:
    text = (
        'at,user,event\n2026-09-01T00:00:00Z,"a\nb","say ""hi"", now"\n2026-09-01T00:00:00Z,c,d\n'
    )
    collected = collect(text, entity="events", columns=EVENT_COLUMNS)

    assert collected.rows["user_id"].to_list() == ["a\nb", "c"]
    assert collected.rows["event_name"].to_list() == ['say "hi", now', "d"]
    assert collected.rows["line"].to_list() == [2, 4]


def test_a_value_that_fails_keeps_the_source_row_as_json(collect: Collect) -> None:
    (reject,) = collect(HEAD + "2026-09-01T00:00:00Z,api,fast,perhaps\n").rejects.to_dicts()

    assert json.loads(reject["body"]) == {
        "at": "2026-09-01T00:00:00Z",
        "service": "api",
        "ms": "fast",
        "failed": "perhaps",
    }
    assert reject["reason"] == (
        'ms: "fast" is not a number; '
        'failed: "perhaps" is neither true nor false: give the column `values`'
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_is_one(collect: Collect, end: str) -> None:
    collected = collect((HEAD + GOOD + GOOD).replace("\n", end))

    assert collected.rows["is_error"].to_list() == [False, False]
    assert collected.rows["line"].to_list() == [2, 3]


def test_the_last_line_needs_no_line_end_and_blank_lines_are_no_rows(collect: Collect) -> None:
    collected = collect("\n" + HEAD + "\n" + GOOD + "\n\n" + GOOD.strip())

    assert collected.rows["line"].to_list() == [4, 7]
    assert collected.received == 2


@pytest.mark.parametrize("text", ["", "\n\n", HEAD, "\ufeff" + HEAD])
def test_an_empty_file_gives_no_rows(collect: Collect, text: str) -> None:
    collected = collect(text)

    assert (collected.received, collected.rows.height) == (0, 0)


def test_a_byte_order_mark_is_not_part_of_the_first_column(collect: Collect) -> None:
    assert collect("\ufeff" + HEAD + GOOD).rows.height == 1


def test_another_encoding_is_read_when_the_feed_says_so(collect: Collect) -> None:
    text = HEAD + "2026-09-01T00:00:00Z,Zürich,1,false\n"

    for encoding in ("latin-1", "utf-16", "utf-8"):
        collected = collect(text.encode(encoding), encoding=encoding)
        assert collected.rows["service"].to_list() == ["Zürich"]


def test_tsv_and_other_delimiters(collect: Collect) -> None:
    assert collect((HEAD + GOOD).replace(",", "\t"), name="rows.tsv").rows.height == 1
    assert collect((HEAD + GOOD).replace(",", ";"), delimiter=";").rows.height == 1


def test_records_across_stretches_are_whole(
    collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_STRETCH", 64)
    monkeypatch.setattr("anfl_assets.collect.formats.csv_split._WINDOW", 16)
    monkeypatch.setattr("anfl_assets.collect.formats.unpack.BLOCK", 7)
    text = HEAD + (GOOD + '2026-09-01T00:00:00Z,"Zü\nrich",1,true\nshort\n') * 20
    collected = collect(text)

    assert collected.rows["service"].to_list() == ["api", "Zü\nrich"] * 20
    assert collected.rows["line"].to_list()[:4] == [2, 3, 6, 7]
    assert collected.rejects["line"].to_list() == list(range(5, 82, 4))


def test_a_stray_quote_does_not_swallow_the_rows_after_it(collect: Collect) -> None:
    bad = '2026-09-01T00:00:00Z,"api,1,false\n'
    collected = collect(HEAD + bad + GOOD * 3000 + bad + GOOD)

    assert collected.rows.height == 3001
    assert collected.rejects["line"].to_list() == [2, 3003]


FIELDS = st.text(st.sampled_from('ab",\n é'), max_size=6)


@given(st.lists(st.lists(FIELDS, min_size=3, max_size=3), min_size=1, max_size=12))
def test_what_is_proven_regular_is_parsed_as_the_csv_module_does(records: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(records)
    stored = text.getvalue().encode()
    regular = regular_stretch(stored, ",", 3)

    assert regular is not None
    assert regular.end == len(stored)
    rows = parse_regular(stored, ["a", "b", "c"], ",", is_quoted=True)
    assert [list(row) for row in rows.iter_rows()] == records


@settings(max_examples=300)
@given(st.text(st.sampled_from('ab",\n'), max_size=60))
def test_regular_text_is_what_the_careful_splitter_takes_whole(text: str) -> None:
    stored = (text + "\n").encode()
    regular = regular_stretch(stored, ",", 2)
    if regular is None or regular.end < len(stored):
        return
    careful = split_records(stored.decode(), delimiter=",", width=2, line=0, is_last=True)
    rows = parse_regular(stored, ["a", "b"], ",", is_quoted=regular.is_quoted)

    assert not careful.rejects
    assert careful.lines == regular.lines.tolist()
    assert careful.fields == [list(row) for row in rows.iter_rows()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["2026-09-01T00:00:00Z", "", "soon", "2027-01-01T00:00:00Z", '"', "a,b"]
            ),
            st.sampled_from(["api", "other", 'q"', ""]),
            st.sampled_from(["1", "nan", "x", "", "1e400"]),
            st.sampled_from(["true", "no", '"false"']),
        ),
        max_size=8,
    ),
    st.sampled_from(["", "\n"]),
)
def test_every_line_is_a_row_a_reject_or_filtered(
    collect: Collect, records: list[tuple[str, ...]], end: str
) -> None:
    lines = [",".join(record) for record in records]
    collected = collect(HEAD + "\n".join(lines) + end)

    assert collected.received == collected.rows.height + collected.rejects.height
    seen = pl.concat([collected.rows["line"], collected.rejects["line"]])
    assert seen.n_unique() == collected.received
    spanned = "".join(lines).count('"') > 0
    assert collected.received == len(lines) or spanned


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    st.lists(
        st.sampled_from(["a,b", '"a\nb",c', '"é"",",d', "e", 'x,"', '"', "", 'q"x,y']), max_size=20
    ),
    st.integers(1, 40),
    st.integers(1, 40),
)
def test_where_a_stretch_ends_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, records: list[str], window: int, cut: int
) -> None:
    text = ("\n".join(records) + "\n").encode()
    careful = split_records(text.decode(), delimiter=",", width=2, line=1, is_last=True)
    monkeypatch.setattr("anfl_assets.collect.formats.csv_split._WINDOW", window)
    splitter = Splitter(["a", "b"], ",")
    rest, line, found = b"", 1, []
    for start in range(0, len(text), cut):
        rest += text[start : start + cut]
        batch, rest, line = splitter.split(rest, line, is_last=start + cut >= len(text))
        found.append(batch)
    rows = pl.concat([batch.rows for batch in found])
    rejects = pl.concat([batch.rejects for batch in found])

    assert rest == b""
    assert rows["__line__"].to_list() == careful.lines
    assert [list(row) for row in rows.select("a", "b").iter_rows()] == careful.fields
    assert rejects["line"].to_list() == [reject.line for reject in careful.rejects]
