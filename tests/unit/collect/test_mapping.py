"""Every expression of the mapping, and every value that must not pass."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.collect.collected import Collected, rows_schema
from anfl_assets.collect.columns.expressions import Arithmetic, Condition, Constant, Operation, Read
from anfl_assets.collect.convert.numbers import to_money
from anfl_assets.collect.organisation import Organisation

Collect = Callable[..., Collected]
AT = "2026-09-01T00:00:00Z"


def _times(collect: Collect, text: str, **read: object) -> Collected:
    columns = {
        "occurred_at": Read("at", **read),  # type: ignore[arg-type]
        "user_id": Constant("u"),
        "event_name": Constant("e"),
    }
    return collect(f"at;x\n{text};1\n", entity="events", columns=columns, delimiter=";")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-09-01T10:00:00Z", datetime(2026, 9, 1, 10, tzinfo=UTC)),
        ("2026-09-01 10:00:00+02:00", datetime(2026, 9, 1, 8, tzinfo=UTC)),
        ("2026-09-01T10:00:00.123456789Z", datetime(2026, 9, 1, 10, 0, 0, 123456, tzinfo=UTC)),
        ("2026-09-01 10:00:00.1234567+0530", datetime(2026, 9, 1, 4, 30, 0, 123456, tzinfo=UTC)),
        ("2026-09-01T10:00Z", datetime(2026, 9, 1, 10, tzinfo=UTC)),
    ],
)
def test_iso_times_with_offset_need_no_zone(
    collect: Collect, text: str, expected: datetime
) -> None:
    assert _times(collect, text).rows["occurred_at"].to_list() == [expected]


@pytest.mark.parametrize(
    ("text", "read", "expected"),
    [
        ("2026-07-01 10:00", {"zone": "Europe/London"}, datetime(2026, 7, 1, 9, tzinfo=UTC)),
        ("2026-07-01", {"zone": "UTC"}, datetime(2026, 7, 1, tzinfo=UTC)),
        (
            "01/07/2026 3:04 PM",
            {"zone": "UTC", "format": "%d/%m/%Y %I:%M %p"},
            datetime(2026, 7, 1, 15, 4, tzinfo=UTC),
        ),
        (
            "2026-09-01T10:00:00Z",
            {"format": "%Y-%m-%dT%H:%M:%S%z"},
            datetime(2026, 9, 1, 10, tzinfo=UTC),
        ),
        (
            "2026-09-01T10:00:00+0200",
            {"format": "%Y-%m-%dT%H:%M:%S%:z"},
            datetime(2026, 9, 1, 8, tzinfo=UTC),
        ),
        ("1700000000.5", {"format": "epoch_s"}, datetime(2023, 11, 14, 22, 13, 20, 500000, UTC)),
        ("1700000000123", {"format": "epoch_ms"}, datetime(2023, 11, 14, 22, 13, 20, 123000, UTC)),
        (
            "2025-10-26 01:30",
            {"zone": "Europe/London", "ambiguous": "earliest"},
            datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
        ),
        (
            "2025-10-26 01:30",
            {"zone": "Europe/London", "ambiguous": "latest"},
            datetime(2025, 10, 26, 1, 30, tzinfo=UTC),
        ),
    ],
)
def test_local_times_take_the_zone_and_formats_are_obeyed(
    collect: Collect, text: str, read: dict[str, str], expected: datetime
) -> None:
    assert _times(collect, text, **read).rows["occurred_at"].to_list() == [expected]


@pytest.mark.parametrize(
    ("text", "read", "rule"),
    [
        ("2026-09-01 10:00", {}, "no_time_zone"),
        ("2026-03-29 01:30", {"zone": "Europe/London"}, "nonexistent_local_time"),
        ("2025-10-26 01:30", {"zone": "Europe/London"}, "ambiguous_local_time"),
        ("2026-02-30T00:00:00Z", {}, "not_a_time"),
        ("2026-13-01T00:00:00Z", {}, "not_a_time"),
        ("2026-09-01T25:00:00Z", {}, "not_a_time"),
        ("30/02/2026", {"format": "%d/%m/%Y", "zone": "UTC"}, "not_a_time"),
        ("0026-09-01T00:00:00Z", {}, "impossible_time"),
        ("2026-10-01T00:10:01Z", {}, "future_time"),
        ("99999999999999999999", {"format": "epoch_s"}, "not_a_time"),
        ("NaN", {"format": "epoch_s"}, "not_a_time"),
        ("yesterday", {}, "not_a_time"),
    ],
)
def test_a_time_that_cannot_be_is_rejected(
    collect: Collect, text: str, read: dict[str, str], rule: str
) -> None:
    collected = _times(collect, text, **read)

    assert collected.rejects["rule"].to_list() == [rule]
    assert collected.rows.height == 0


def test_times_of_several_forms_in_one_file_are_all_read(collect: Collect) -> None:
    columns = {
        "occurred_at": Read("at", zone="Europe/London"),
        "user_id": Constant("u"),
        "event_name": Constant("e"),
    }
    text = "at,x\n2026-07-01T10:00:00Z,1\n2026-07-01 10:00,2\nnever,3\n,4\n2026-07-01,5\n"
    collected = collect(text, entity="events", columns=columns)

    assert collected.rows["occurred_at"].to_list() == [
        datetime(2026, 7, 1, 10, tzinfo=UTC),
        datetime(2026, 7, 1, 9, tzinfo=UTC),
        None,
        datetime(2026, 6, 30, 23, tzinfo=UTC),
    ]
    assert collected.rejects.select("line", "reason").rows() == [
        (4, 'at: "never" is no ISO 8601 time')
    ]


def _number(collect: Collect, text: str, **read: object) -> Collected:
    columns = {
        "observed_at": Constant(datetime(2026, 9, 1, tzinfo=UTC)),
        "service": Constant("api"),
        "latency_ms": Read("n", **read),  # type: ignore[arg-type]
        "is_error": Constant(value=False),
    }
    return collect(f"n;x\n{text};1\n", columns=columns, delimiter=";")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("NaN", "not_finite"),
        ("inf", "not_finite"),
        ("-Infinity", "not_finite"),
        ("1e400", "not_finite"),
        ("12ms", "not_a_number"),
        ("1,5", "not_a_number"),
    ],
)
def test_what_is_no_finite_number_is_rejected(collect: Collect, text: str, rule: str) -> None:
    assert _number(collect, text).rejects["rule"].to_list() == [rule]


def test_units_are_converted(collect: Collect) -> None:
    assert _number(collect, " 1.5", factor=1000.0).rows["latency_ms"].to_list() == [1500.0]


def test_the_feeds_nulls_are_null(collect: Collect) -> None:
    assert _number(collect, "").rows["latency_ms"].to_list() == [None]
    assert _number(collect, "NA").rejects["rule"].to_list() == ["not_a_number"]


@pytest.mark.parametrize(
    ("text", "expected", "rules"),
    [
        ("200", [200], []),
        ("200.0", [200], []),
        ("200.5", [], ["not_a_number"]),
        ("nan", [], ["not_finite"]),
        ("99999999999", [], ["not_a_number"]),
    ],
)
def test_counts_are_whole(
    collect: Collect, text: str, expected: list[int], rules: list[str]
) -> None:
    columns = {"observed_at": Read("at"), "service": Constant("a"), "status_code": Read("code")}
    collected = collect(f"at,code\n{AT},{text}\n", entity="accesses", columns=columns)

    assert collected.rows["status_code"].to_list() == expected
    assert collected.rejects["rule"].to_list() == rules


def _orders(collect: Collect, text: str, **declared: object) -> Collected:
    columns = {
        "occurred_at": Read("at"),
        "order_id": Read("id"),
        "amount": declared.pop("amount", Arithmetic(Operation.PRODUCT, ("n", "price"))),
        "currency": declared.pop("currency", Constant("GBP")),
        "kind": Read("id", match=(("^C", "refund"), (".*", "sale"))),
    }
    return collect("at,id,n,price,money\n" + text, entity="orders", columns=columns, **declared)


def test_money_is_multiplied_exactly(collect: Collect) -> None:
    rows = _orders(collect, f"{AT},1,3,0.1,GBP\n" + f"{AT},C2,-7,2.55,GBP\n" * 1000).rows

    assert rows["amount"][0] == Decimal("0.3000")
    assert rows["amount"].sum() == Decimal("0.3") - 1000 * Decimal("17.85")
    assert rows["kind"].to_list()[:2] == ["sale", "refund"]


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (Operation.SUM, Decimal("10.5")),
        (Operation.DIFFERENCE, Decimal("9.5")),
        (Operation.RATIO, Decimal(20)),
        (Operation.PRODUCT, Decimal(5)),
    ],
)
def test_every_operation_is_exact_for_money(
    collect: Collect, operation: Operation, expected: Decimal
) -> None:
    collected = _orders(
        collect, f"{AT},1,10,0.5,GBP\n", amount=Arithmetic(operation, ("n", "price"))
    )

    assert collected.rows["amount"].to_list() == [expected]


def test_dividing_by_zero_and_a_term_that_is_no_number_are_rejected(collect: Collect) -> None:
    ratio = Arithmetic(Operation.RATIO, ("n", "price"))
    collected = _orders(collect, f"{AT},1,10,0,GBP\n{AT},2,x,1,GBP\n{AT},3,,1,GBP\n", amount=ratio)

    assert collected.rejects["rule"].to_list() == ["not_finite", "not_a_number"]
    assert collected.rows["amount"].to_list() == [None]


def test_a_share_of_two_columns_becomes_percent(collect: Collect) -> None:
    columns = {
        "observed_at": Read("at"),
        "host": Constant("h"),
        "resource": Constant("memory"),
        "utilization_pct": Arithmetic(Operation.RATIO, ("used", "total"), "ratio", 100.0),
    }
    text = f"at,used,total\n{AT},3,4\n{AT},1,0\n{AT},nan,2\n"
    collected = collect(text, entity="resources", columns=columns)

    assert collected.rows["utilization_pct"].to_list() == [75.0]
    assert collected.rejects["reason"].to_list() == [
        'total: "0" divides by zero',
        'used: "nan" is not a finite number',
    ]


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_money_survives_text_and_doubles(amount: Decimal) -> None:
    assert to_money(pl.Series([str(amount)]), 1.0).values[0] == amount
    assert to_money(pl.Series([float(amount)]), 1.0).values[0] == amount


def test_orders_in_another_currency_have_no_rate(collect: Collect) -> None:
    collected = _orders(
        collect,
        f"{AT},1,1,1,GBP\n{AT},2,1,1,USD\n",
        currency=Read("money"),
        organisation=Organisation(currency="GBP"),
    )

    assert collected.rows["currency"].to_list() == ["GBP"]
    (reject,) = collected.rejects.to_dicts()
    assert reject["rule"] == "no_rate"
    assert "no rate feed for USD" in reject["reason"]


def test_an_unforeseen_value_is_rejected_and_null_stays_null(collect: Collect) -> None:
    columns = {
        "observed_at": Read("at"),
        "component": Constant("site"),
        "is_up": Read("status", values=(("up", True), ("down", False))),
    }
    text = f"at,status\n{AT},up\n{AT},down\n{AT},odd\n{AT},\n"
    collected = collect(text, entity="probes", columns=columns)

    assert collected.rows["is_up"].to_list() == [True, False, None]
    assert collected.rejects["rule"].to_list() == ["unknown_value"]


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        (Condition("service", is_in=("api",)), ["api"]),
        (Condition("service", is_not=("api",)), ["web", None]),
        (Condition("service", matches="^w"), ["web"]),
    ],
)
def test_filtered_rows_are_counted_apart(
    collect: Collect, condition: Condition, kept: list[str | None]
) -> None:
    rows = "".join(f"{AT},{service},1,false\n" for service in ("api", "web", ""))
    collected = collect("at,service,ms,failed\n" + rows, where=(condition,))

    assert collected.rows["service"].to_list() == kept
    assert collected.filtered == 3 - len(kept)
    assert collected.received == len(kept)


def test_lists_come_from_json_text(collect: Collect) -> None:
    columns = {
        "window_start_at": Read("at"),
        "window_s": Constant(60.0),
        "service": Constant("api"),
        "request_count": Constant(3),
        "error_count": Constant(0),
        "latency_buckets": Read("buckets"),
        "latency_counts": Read("counts"),
    }
    text = (
        "at;buckets;counts\n"
        f"{AT};[1, -2];[1,2]\n{AT};;\n{AT};[];[]\n{AT};[1,x];[1]\n{AT};[99999];[1]\n"
    )
    collected = collect(text, entity="request_windows", columns=columns, delimiter=";")

    assert collected.rows["latency_buckets"].to_list() == [[1, -2], None, []]
    assert collected.rejects["line"].to_list() == [5, 6]


def test_dates_stay_dates_and_a_period_may_end_in_the_future(collect: Collect) -> None:
    columns = {
        "period_start_on": Read("from"),
        "period_end_on": Read("to"),
        "market": Constant("m"),
        "company": Constant("c"),
        "amount": Constant(1.0),
        "unit": Constant("EUR"),
        "report": Constant("r"),
    }
    text = "from,to\n2026-10-01,2026-12-31\n2026-10-02,2026-12-31\n2026-09-31,2026-12-31\n"
    collected = collect(text, entity="market_sizes", columns=columns)

    assert collected.rows["period_end_on"].to_list() == [date(2026, 12, 31)]
    assert collected.rejects["rule"].to_list() == ["future_time", "not_a_date"]


def test_the_key_hashes_the_same_in_every_file(collect: Collect) -> None:
    text = f"at,service,ms,failed\n{AT},api,1,false\n"
    first, second = (
        collect(text, name=name, key=("at", "service")).rows["row_key"].to_list()
        for name in ("a.csv", "b.csv")
    )

    assert first == second
    assert len(first[0]) == 32
    other = collect(text.replace("api", "web"), key=("at", "service")).rows["row_key"].to_list()
    assert other != first


def test_rows_have_the_canonical_schema_with_line_and_key(collect: Collect) -> None:
    assert collect("at,service,ms,failed\n").rows.schema == rows_schema("requests")
    text = f"at,service,ms,failed\n{AT},api,1,false\n"
    assert collect(text).rows.schema == rows_schema("requests")
