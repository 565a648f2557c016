"""The feeds file: what it may say, and that every fault is found in one pass."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from anfl_assets.collect.columns.expressions import Arithmetic, Condition, Constant, Operation, Read
from anfl_assets.collect.feed import Feeds, Format
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.collect.organisation import Feature, Maintenance, Target
from anfl_assets.config.period import Period
from anfl_assets.errors import FeedError

REQUESTS = """
    columns:
      observed_at: at
      service: service
      is_error: {constant: false}
"""
WHOLE = """
organisation:
  name: Uber
  currency: GBP
  is_simulated: true
  features: [{name: smart_compose, released_on: 2026-09-01}]
  maintenance: [{component: api, start_at: 2026-01-01T00:00:00Z, end_at: 2026-01-01T01:00:00Z}]
  targets: [{metric: inference_latency, subject: batch, target: "<500ms", alert_threshold: 1000ms}]
root: "${ANFL_REAL_DATA:-files}/raw"
feeds:
  orders:
    entity: orders
    files: [a.parquet, "b/**/*.csv"]
    columns:
      occurred_at: {from: InvoiceDate, format: "%Y-%m-%dT%H:%M:%S%.f", zone: Europe/London}
      order_id: InvoiceNo
      amount: {product: [Quantity, 2.5]}
      currency: {constant: GBP}
      kind: {from: InvoiceNo, match: {"^C": refund, ".*": sale}}
    where: {Country: {not: [France]}, Kind: sale}
    key: [InvoiceNo, StockCode]
    complete_to: 1 day
  probes:
    entity: probes
    files: probes.csv
    columns:
      observed_at: {from: t, format: epoch_s}
      component: site
      is_up: {from: status, values: {on: true, off: false, yes: true}}
      response_ms: {from: seconds, unit: s}
    nulls: ["", NA]
    max_carry: 15 minutes
    expect_every: 1 hour
  feedback:
    entity: responses
    files: "*.tsv"
    columns: {answered_at: at, score: s, scale_min: {constant: 1}, scale_max: {constant: 5}}
"""


def _load(tmp_path: Path, text: str, **env: str) -> Feeds:
    path = tmp_path / "feeds.yaml"
    path.write_text(text)
    return load_feeds(path, env)


def _faults(tmp_path: Path, text: str) -> dict[str, tuple[str, str]]:
    with pytest.raises(FeedError) as raised:
        _load(tmp_path, text)
    return {fault.key: (fault.found, fault.expected) for fault in raised.value.faults}


def _feed(lines: str) -> str:
    return f"feeds:\n  api:\n    entity: requests\n    files: a.csv\n    {lines}\n{REQUESTS}"


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    feeds = _load(tmp_path, WHOLE)
    orders, probes, feedback = feeds.feeds

    assert feeds.path == tmp_path / "feeds.yaml"
    assert list(feeds.by_name) == ["orders", "probes", "feedback"]
    assert orders.root == tmp_path / "files" / "raw"
    assert orders.columns == {
        "occurred_at": Read("InvoiceDate", format="%Y-%m-%dT%H:%M:%S%.f", zone="Europe/London"),
        "order_id": Read("InvoiceNo"),
        "amount": Arithmetic(Operation.PRODUCT, ("Quantity", 2.5)),
        "currency": Constant("GBP"),
        "kind": Read("InvoiceNo", match=(("^C", "refund"), (".*", "sale"))),
    }
    assert orders.where == (
        Condition("Country", is_not=("France",)),
        Condition("Kind", is_in=("sale",)),
    )
    assert orders.needed == ("InvoiceDate", "InvoiceNo", "Quantity", "Country", "Kind", "StockCode")
    assert (orders.complete_to, orders.expect_every) == (Period(1, "day"), Period(1, "day"))
    assert probes.columns["is_up"] == Read(
        "status", values=(("on", True), ("off", False), ("yes", True))
    )
    assert probes.columns["response_ms"] == Read("seconds", unit="s", factor=1000.0)
    assert (probes.nulls, probes.max_carry) == (("", "NA"), timedelta(minutes=15))
    assert (feedback.is_manual, feedback.expect_every) == (True, Period(1, "month"))
    assert feedback.source == "customer_feedback"


def test_the_organisation_is_read_in_place_or_from_its_own_file(tmp_path: Path) -> None:
    organisation = _load(tmp_path, WHOLE).organisation
    (tmp_path / "organisation.yaml").write_text("name: Uber\ncurrencies: GBP\n")

    assert (organisation.name, organisation.currency, organisation.is_simulated) == (
        "Uber",
        "GBP",
        True,
    )
    assert organisation.features == (Feature("smart_compose", date(2026, 9, 1)),)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    assert organisation.maintenance == (Maintenance("api", begin, begin + timedelta(hours=1)),)
    assert organisation.targets == (Target("inference_latency", "batch", "<500ms", "1000ms"),)
    faults = _faults(tmp_path, "organisation: organisation.yaml\n" + _feed("format: csv"))
    assert list(faults) == ["currencies"]
    assert "did you mean 'currency'?" in faults["currencies"][1]


def test_paths_take_variables_that_begin_with_anfl_only(tmp_path: Path) -> None:
    assert _load(tmp_path, WHOLE, ANFL_REAL_DATA="/x").feeds[0].root == Path("/x/raw")
    faults = _faults(tmp_path, WHOLE.replace("ANFL_REAL_DATA", "HOME"))
    assert faults["root"][0] == "${HOME:-files}"
    faults = _faults(tmp_path, WHOLE.replace("${ANFL_REAL_DATA:-files}", "${ANFL_REAL_DATA}"))
    assert faults["root"][0] == "ANFL_REAL_DATA is not set"


@pytest.mark.parametrize(
    ("target", "key", "expected"),
    [
        ("{metric: latancy, target: <500ms}", "metric", "did you mean 'latency'?"),
        ("{metric: latency, target: fast}", "target", "a quantity that fits inference_latency"),
        ("{metric: latency, target: 5%}", "target", "the unit of the metric's target '<50ms'"),
        ("{metric: latency, alert_threshold: 10ms}", "alert_threshold", "same side"),
    ],
)
def test_an_own_target_must_fit_a_metric(
    tmp_path: Path, target: str, key: str, expected: str
) -> None:
    faults = _faults(tmp_path, f"organisation: {{targets: [{target}]}}\n" + _feed("format: csv"))
    assert list(faults) == [f"organisation.targets[0].{key}"]
    assert expected in faults[f"organisation.targets[0].{key}"][1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            "feeds: [", "did not find expected node content in line 2, column 1", id="unclosed"
        ),
        pytest.param("feeds:\n\ta: 1", "line 2, column 1", id="a tab"),
        pytest.param("a: 1\na: 2", "key 'a' stands twice in line 2, column 1", id="a key twice"),
        pytest.param("feeds: {? [1] : 2}", "a key that is no plain text", id="a list as key"),
        pytest.param("feeds: " + "[" * 600, "recursion", id="nested without end"),
        pytest.param("feeds: \x00", "control characters are not allowed", id="a control character"),
    ],
)
def test_what_is_no_yaml_is_one_fault_that_says_where(
    tmp_path: Path, text: str, found: str
) -> None:
    faults = _faults(tmp_path, text)
    assert list(faults) == ["(whole file)"]
    assert found in faults["(whole file)"][0]


def test_every_fault_is_reported_at_once(tmp_path: Path) -> None:
    faults = _faults(
        tmp_path,
        """
organisation: {currency: pounds, features: [{name: x}], is_simulated: maybe}
rot: x
feeds:
  orders: {entity: order, files: a.csv}
  lat:
    entity: requests
    files: [/abs.csv, ../up.csv, "a**/b.csv", x.log]
    format: cvs
    delimiter: ";;"
    encoding: utf-9
    columns:
      observed_at: {from: t, format: "%Y-%m-%d %Q"}
      services: x
      latency_ms: {from: l, unit: sec, zone: UTC}
      is_error: {constant: maybe}
    where: {a: {matches: "("}}
    expect_every: often
    max_carry: 8 days
    complete_to: 2 days
""",
    )

    assert set(faults) == {
        "rot",
        "organisation.currency",
        "organisation.features[0].released_on",
        "organisation.is_simulated",
        "feeds.orders.entity",
        "feeds.lat.files",
        "feeds.lat.format",
        "feeds.lat.delimiter",
        "feeds.lat.encoding",
        "feeds.lat.columns.observed_at.format",
        "feeds.lat.columns.services",
        "feeds.lat.columns.service",
        "feeds.lat.columns.latency_ms.unit",
        "feeds.lat.columns.latency_ms.zone",
        "feeds.lat.columns.is_error.constant",
        "feeds.lat.where.a.matches",
        "feeds.lat.expect_every",
        "feeds.lat.max_carry",
        "feeds.lat.complete_to",
    }
    assert "did you mean 'orders'?" in faults["feeds.orders.entity"][1]
    assert "did you mean 'service'?" in faults["feeds.lat.columns.services"][1]
    assert "did you mean 'csv'?" in faults["feeds.lat.format"][1]


@pytest.mark.parametrize(
    ("column", "key"),
    [
        ("observed_at: {from: t, format: '%Y-%m-%d'}", "observed_at.zone"),
        ("observed_at: {from: t, zone: Europe/Londn}", "observed_at.zone"),
        ("observed_at: {from: t, ambiguous: both}", "observed_at.ambiguous"),
        ("observed_at: {from: t, format: '%Y %Z', zone: UTC}", "observed_at.format"),
        ("observed_at: {constant: soon}", "observed_at.constant"),
        ("service: {product: [a, b]}", "service.product"),
        ("latency_ms: {ratio: [a, b, c]}", "latency_ms.ratio"),
        ("latency_ms: {sum: [a]}", "latency_ms.sum"),
        ("latency_ms: {from: a, constant: 1}", "latency_ms"),
        ("latency_ms: {unit: ms}", "latency_ms"),
        ("latency_ms: 5", "latency_ms"),
        ("service: {from: a, unit: ms}", "service.unit"),
        ("is_error: {from: a, values: {x: perhaps}}", "is_error.values.x"),
        ("service: {from: a, match: {'(': x}}", "service.match"),
        ("service: {from: a, values: {x: y}, match: {x: y}}", "service.match"),
        ("service: {form: a, from: b}", "service.form"),
    ],
)
def test_an_expression_that_cannot_work_is_a_fault(tmp_path: Path, column: str, key: str) -> None:
    name = column.split(":", 1)[0]
    kept = "\n".join(line for line in REQUESTS.splitlines() if not line.strip().startswith(name))
    text = f"feeds:\n  api:\n    entity: requests\n    files: a.csv\n{kept}\n      {column}\n"

    assert f"feeds.api.columns.{key}" in _faults(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "nothing"),
        ("- a\n", "list"),
        ("a: [\n", "did not find expected node content"),
        ("feeds: {a: 1}\nfeeds: {b: 1}\n", "stands twice"),
    ],
)
def test_a_file_that_is_no_mapping_is_one_fault(tmp_path: Path, text: str, found: str) -> None:
    assert found in _faults(tmp_path, text)["(whole file)"][0]


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="a readable file"):
        load_feeds(tmp_path / "none.yaml", {})


@pytest.mark.parametrize("text", ["feeds: {}\n", "organisation: {name: x}\n"])
def test_a_file_without_feeds_is_a_fault(tmp_path: Path, text: str) -> None:
    assert _faults(tmp_path, text)["feeds"] == ("nothing", "at least one feed")


def test_constants_take_the_columns_type(tmp_path: Path) -> None:
    text = """
feeds:
  sizes:
    entity: market_sizes
    files: "*"
    format: jsonl
    columns:
      period_start_on: {constant: 2026-01-01}
      period_end_on: {constant: "2026-03-31"}
      market: {constant: 1}
      company: c
      amount: {constant: 3}
      unit: u
      report: r
  orders:
    entity: orders
    files: a.json.gz
    columns:
      {occurred_at: t, order_id: i, amount: {constant: 2.55}, currency: c, kind: k}
"""
    sizes, orders = _load(tmp_path, text).feeds

    assert sizes.format is Format.JSONL
    assert sizes.columns["period_start_on"] == Constant(date(2026, 1, 1))
    assert sizes.columns["period_end_on"] == Constant(date(2026, 3, 31))
    assert sizes.columns["market"] == Constant("1")
    assert sizes.columns["amount"] == Constant(3.0)
    assert orders.columns["amount"] == Constant(Decimal("2.55"))
