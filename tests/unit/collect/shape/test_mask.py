"""Masking: who somebody is does not get in, not by way of what was refused either."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

import polars as pl
import pytest

from anfl_assets.collect.batch import BODY, LINE, Batch, Unsplit, unsplit_frame
from anfl_assets.collect.collected import Collected
from anfl_assets.collect.shape.mask import How, Mask
from anfl_assets.collect.shape.masked_text import without_persons
from anfl_assets.collect.shape.step import Origin, Step
from anfl_assets.collect.shape.steps import read_shape
from anfl_assets.config.expand import Environment
from anfl_assets.config.secret import Secret
from anfl_assets.config.section import Section
from anfl_assets.errors import Fault, SourceError

Collect = Callable[..., Collected]
KEY = "a key of more than sixteen"
MASK = Mask({"who": How.PSEUDONYM, "said": How.TEXT, "email": How.REMOVE}, Secret(KEY))


def masked(who: str | None, said: str = "") -> dict[str, object]:
    rows = pl.DataFrame(
        {"who": [who], "said": [said], "email": ["a@b.ch"], LINE: [1], BODY: ["{}"]},
        schema_overrides={"who": pl.String},
    )
    return MASK.apply(Batch(rows, unsplit_frame([])), Origin("f")).rows.to_dicts()[0]


def test_each_column_is_masked_as_it_says_and_the_record_is_dropped() -> None:
    token = hmac.new(KEY.encode(), b"ann lee", hashlib.sha256).hexdigest()[:12]

    assert masked("Ann Lee", "write to ann@lee.org") == {
        "who": f"person-{token}",
        "said": "write to [email]",
        "email": None,
        LINE: 1,
    }


def test_a_pseudonym_is_the_same_for_the_same_person_and_masking_twice_changes_nothing() -> None:
    token = masked("Ann Lee")["who"]

    assert masked(" ann LEE ")["who"] == token
    assert masked("Ann Li")["who"] != token
    assert masked(str(token))["who"] == token
    assert masked(None)["who"] is None
    assert masked("")["who"] == ""


def test_what_could_not_be_read_is_handed_on_without_its_text() -> None:
    rejects = unsplit_frame([Unsplit(3, "ragged_row", "canary", "canary@example.org")])
    rows = pl.DataFrame({"who": ["x"], "said": ["y"], "email": ["z"], LINE: [1]})
    (row,) = MASK.apply(Batch(rows, rejects), Origin("f")).rejects.to_dicts()

    assert (row["line"], row["rule"]) == (3, "ragged_row")
    assert "canary" not in str(row)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail Ann.Lee+x@mail.example.co.uk, please", "mail [email], please"),
        ("see https://ann:pw@example.org/a?b", "see https://[user]@example.org/a?b"),
        ("call +41 44 668 18 00 now", "call [phone] now"),
        ("call (020) 7946 0958", "call [phone]"),
        ("call 044 668 18 00 or 01632 960983", "call [phone] or [phone]"),
        ("call 0041446681800", "call [phone]"),
        ("open 0830-0930, 01.02.2015 10:30", "open 0830-0930, 01.02.2015 10:30"),
        ("call 555-123-4567.", "call [phone]."),
        ("card 4111 1111 1111 1111!", "card [card]!"),
        ("card 4111-1111-1111-1111", "card [card]"),
        ("from 192.168.1.20 and 2001:db8::8a2e:370:7334", "from [ip] and [ip]"),
        ("2015-06-13 at 12:30, 9 of 10, £1,200.50", "2015-06-13 at 12:30, 9 of 10, £1,200.50"),
        ("flight BA 2490 in 2015, seat 12A", "flight BA 2490 in 2015, seat 12A"),
        ("version 1.2.3 cost 10000", "version 1.2.3 cost 10000"),
    ],
)
def test_what_names_a_person_in_a_text_is_replaced(text: str, expected: str) -> None:
    assert without_persons(pl.Series([text])).to_list() == [expected]
    assert without_persons(pl.Series([expected])).to_list() == [expected]


def test_a_refused_row_is_kept_masked(collect: Collect) -> None:
    content = "at,service,ms,failed,who\n2026-09-01T00:00:00Z,api,many,false,Ann Canary\n"
    mask = Mask({"who": How.PSEUDONYM}, Secret(KEY))
    collected = collect(content, shape=(mask,))

    assert "Canary" not in collected.rejects["body"][0]
    assert "person-" in collected.rejects["body"][0]


def test_a_masked_column_must_be_there(collect: Collect) -> None:
    content = "at,service,ms,failed,who\n2026-09-01T00:00:00Z,api,1,false,Ann\n"

    with pytest.raises(SourceError, match="'hwo' is missing"):
        collect(content, shape=(Mask({"hwo": How.REMOVE}),))


def test_a_record_in_place_of_the_header_is_not_shown(collect: Collect) -> None:
    with pytest.raises(SourceError, match="Found: 5 columns, not shown") as raised:
        collect(
            "2026-09-01,api,1,false,Ann Canary\n", shape=(Mask({"who": How.REMOVE}),), name="a.csv"
        )

    assert "Canary" not in str(raised.value)


def read(mask: object, **variables: str) -> tuple[tuple[Step, ...], list[Fault]]:
    section = Section("feeds.yaml", "", {"shape": [{"mask": mask}]})
    return read_shape(section, Environment(variables)), section.faults


def test_the_grammar() -> None:
    columns = {"who": "pseudonym", "said": "text", "email": "remove"}
    steps, faults = read(columns, ANFL_MASK_KEY=KEY)

    assert (steps, faults) == ((MASK,), [])
    assert KEY not in repr(steps)
    assert read({"said": "text"}) == ((Mask({"said": How.TEXT}),), [])


@pytest.mark.parametrize("key", ["", "too short"])
def test_pseudonyms_need_a_key(key: str) -> None:
    _, (fault,) = read({"who": "pseudonym"}, ANFL_MASK_KEY=key)

    assert "ANFL_MASK_KEY to be set" in fault.expected
    assert fault.key == "shape[0].mask"
    assert "too short" not in str(fault)


@pytest.mark.parametrize("mask", [{"who": "hide"}, {}, None, {"who": None}])
def test_faults_are_noted(mask: object) -> None:
    assert len(read(mask)[1]) == 1
