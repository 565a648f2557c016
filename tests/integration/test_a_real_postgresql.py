"""The sql connector against a real PostgreSQL: types, late commits, crashes, secrets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from adbc_driver_postgresql import dbapi

from anfl_assets.collect.connect.connector import Pull, Pulled
from anfl_assets.collect.connect.sql import Sql
from anfl_assets.collect.connect.sql_settings import Settings
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.collect.mapping import Mapped, Mapping
from anfl_assets.collect.organisation import Organisation
from anfl_assets.config.secret import Secret
from anfl_assets.errors import SourceError, SourceUnavailable
from anfl_assets.store.workspace import Workspace
from tests.integration.postgresql_server import PASSWORD, Server, binaries, postgresql

pytestmark = pytest.mark.skipif(binaries() is None, reason="PostgreSQL's programs are absent")

FEEDS = """
organisation: {name: Shop, currency: EUR}
feeds:
  orders:
    entity: orders
    sql:
      url: ${ANFL_SHOP_URL}
      query: >-
        select id, created_at, customer, total, currency, state, updated_at
        from orders -- every order, also those taken back
      cursor: updated_at
      limit: 40
    key: [id]
    columns:
      occurred_at: created_at
      customer_id: customer
      order_id: id
      amount: total
      currency: currency
      kind: {from: state, values: {paid: sale, refunded: refund}}
"""
ORDERS = """
create type state as enum ('paid', 'refunded');
create table orders (
    id uuid primary key default gen_random_uuid(),
    created_at timestamptz not null default now(),
    customer bigint, total numeric(14, 4) not null, currency char(3) not null default 'EUR',
    state state not null default 'paid', scan bytea, basket jsonb, tags text[],
    updated_at timestamptz default now()
);
create index on orders (updated_at);
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgresql() as started:
        yield started


@dataclass
class Shop:
    """The orders of one test, and a feed that is pulled from where it got to."""

    server: Server
    feed: Feed
    cursor: str | None = None
    received: list[Mapped] = field(default_factory=list)

    @contextmanager
    def session(self) -> Iterator[Any]:
        """Yield a cursor whose statements become visible together, at the end."""
        with dbapi.connect(self.server.url()) as connection, connection.cursor() as cursor:
            yield cursor
            connection.commit()

    def run(self, *statements: str) -> None:
        """Run statements and commit."""
        with self.session() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def asked(self, sql: str) -> Any:  # noqa: ANN401 - any value of the database
        """Return the only value of a query."""
        with self.session() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0]

    def pull(self, *, now: datetime | None = None) -> Pulled:
        """Pull once, map it as the feed says and go on from there."""
        assert self.feed.connector is not None
        pull = self.feed.connector.open(Workspace(Path()), self.feed.read)
        now = now or datetime.now(UTC)
        pulled = pull.pull(self.cursor, now=now)
        self.cursor = pulled.cursor
        self.received.append(Mapping(self.feed, Organisation(), now).apply(pulled.batch))
        return pulled

    def pull_all(self) -> int:
        """Pull until there is no more; return the number of rows."""
        count = 0
        while True:
            pulled = self.pull()
            count += pulled.batch.rows.height
            if not pulled.has_more:
                return count

    def latest(self) -> dict[str, Decimal]:
        """Return the amount of every order by its key, later rows in the place of earlier ones."""
        found: dict[str, Decimal] = {}
        for mapped in self.received:
            found |= dict(mapped.rows.select("order_id", "amount").rows())
        return found


@pytest.fixture
def shop(server: Server, tmp_path: Path) -> Shop:
    path = tmp_path / "feeds.yaml"
    path.write_text(FEEDS)
    feeds = load_feeds(path, {"ANFL_SHOP_URL": server.url()})
    found = Shop(server, feeds.feeds[0])
    found.run("drop table if exists orders", "drop type if exists state", *_statements(ORDERS))
    return found


def _statements(text: str) -> list[str]:
    return [part for part in text.split(";") if part.strip()]


def test_the_revenue_done_by_hand_is_the_sum_of_the_canonical_rows(shop: Shop) -> None:
    shop.run(
        "insert into orders (customer, total) "
        "select nullif(n % 7, 0), n * 0.1001 from generate_series(1, 150) n",
        "insert into orders (total, state) values (-99.9999, 'refunded'), (0.1, 'paid')",
    )
    assert shop.pull_all() == 152
    assert shop.pull_all() == 0
    shop.run("update orders set total = total + 0.0001, updated_at = clock_timestamp()")
    assert shop.pull_all() == 152
    by_hand = shop.asked("select sum(total) from orders")
    assert sum(shop.latest().values()) == Decimal(by_hand) == Decimal("1033.7478")
    assert all(mapped.rejects.height == 0 for mapped in shop.received)


def test_every_type_arrives_as_what_it_is(shop: Shop, tmp_path: Path) -> None:
    shop.run(
        "set timezone = 'America/New_York'",
        "insert into orders (id, created_at, total, basket, tags, scan, updated_at) values ("
        "'11111111-1111-1111-1111-111111111111', '2026-03-01 12:00:00.123456+02', "
        "9999999999.9999, '{\"a\": [1.10]}', '{x,y}', 'bytes', '2026-03-01T00:00:00Z')",
    )
    (tmp_path / "all.yaml").write_text(
        FEEDS.replace("query: >-", "table: public.orders").split("        select id")[0]
        + FEEDS[FEEDS.index("      cursor:") :]
    )
    feeds = load_feeds(tmp_path / "all.yaml", {"ANFL_SHOP_URL": shop.server.url()})
    pulled = Shop(shop.server, feeds.feeds[0]).pull()
    assert pulled.batch.rows.to_dicts() == [
        {
            "id": "11111111-1111-1111-1111-111111111111",
            "created_at": datetime(2026, 3, 1, 10, 0, 0, 123456, tzinfo=UTC),
            "customer": None,
            "total": "9999999999.9999",
            "currency": "EUR",
            "state": "paid",
            "basket": '{"a": [1.10]}',
            "tags": "{x,y}",
            "updated_at": datetime(2026, 3, 1, tzinfo=UTC),
            "__line__": 1,
        }
    ]


def test_a_long_transaction_that_commits_late_loses_no_row(shop: Shop) -> None:
    shop.run("insert into orders (total) values (1)")
    with shop.session() as slow:
        slow.execute("insert into orders (total) select 2 from generate_series(1, 60)")
        shop.run("insert into orders (total) values (4)")
        assert shop.pull_all() == 2
    shop.run("insert into orders (total) values (8)")
    assert shop.pull_all() == 61
    assert sum(shop.latest().values()) == Decimal(1 + 120 + 4 + 8)


def test_rows_written_while_it_is_pulled_all_come_once(shop: Shop) -> None:
    def write() -> None:
        for number in range(30):
            shop.run(f"insert into orders (customer, total) values ({number}, {number})")  # noqa: S608

    writer = threading.Thread(target=write)
    writer.start()
    count = 0
    while writer.is_alive():
        count += shop.pull_all()
    writer.join()
    count += shop.pull_all()
    assert count == 30
    assert sum(shop.latest().values()) == Decimal(sum(range(30)))


def test_a_server_that_is_killed_between_pulls_is_asked_again_and_goes_on(shop: Shop) -> None:
    shop.run("insert into orders (total) values (1)")
    shop.pull_all()
    shop.run("insert into orders (total) values (2)")
    shop.server.kill()
    try:
        with pytest.raises(SourceUnavailable, match="refused"):
            shop.pull()
    finally:
        shop.server.start()
    assert shop.pull_all() == 1
    assert sum(shop.latest().values()) == Decimal(3)


def test_a_table_that_was_dropped_is_told_in_the_databases_own_words(shop: Shop) -> None:
    shop.run("insert into orders (total) values (1)")
    shop.pull_all()
    shop.run("drop table orders")
    with pytest.raises(SourceError, match=r'PostgreSQL: relation "orders" does not exist') as told:
        shop.pull()
    assert not isinstance(told.value, SourceUnavailable)


def test_a_lock_on_the_table_is_waited_for_and_then_asked_again(shop: Shop) -> None:
    assert isinstance(shop.feed.connector, Sql)
    object.__setattr__(shop.feed.connector.settings, "timeout", timedelta(milliseconds=200))
    with shop.session() as holder:
        holder.execute("lock table orders in access exclusive mode")
        with pytest.raises(SourceUnavailable, match="statement timeout"):
            shop.pull()


def test_more_sessions_than_the_server_allows_are_asked_again(shop: Shop) -> None:
    shop.run(
        "drop role if exists visitor",
        f"create role visitor login password '{PASSWORD}'",
        "grant select on orders to visitor",
        "alter role visitor connection limit 0",
    )
    feed = _feed_of(shop, shop.server.url("visitor"))
    with pytest.raises(SourceUnavailable, match="too many connections"):
        Shop(shop.server, feed).pull()


@pytest.mark.parametrize("way", ["password", "role", "database", "select", "port"])
def test_no_message_shows_a_password(shop: Shop, way: str) -> None:
    shop.run("drop role if exists visitor", f"create role visitor login password '{PASSWORD}'")
    url = shop.server.url()
    wrong = {
        "password": url.replace(PASSWORD, PASSWORD + "-wrong"),
        "role": shop.server.url("nobody"),
        "database": url.replace("/postgres", "/nowhere"),
        "select": shop.server.url("visitor"),
        "port": url.replace(str(shop.server.port), "1"),
    }[way]
    feed = _feed_of(shop, wrong)
    with pytest.raises(SourceError) as told:
        Shop(shop.server, feed).pull()
    assert isinstance(told.value, SourceUnavailable) == (way == "port")
    assert feed.connector is not None
    seen = f"{told.value!r} {told.value} {feed!r} {feed.connector.address}"
    assert "canary" not in seen


def test_a_query_that_writes_is_refused(shop: Shop) -> None:
    shop.run("insert into orders (total) values (1)")
    assert isinstance(shop.feed.connector, Sql)
    query = "with gone as (delete from orders returning *) select * from gone"
    object.__setattr__(shop.feed.connector.settings, "query", query)
    with pytest.raises(SourceError, match=r"data-modifying|read-only"):
        shop.pull()
    assert shop.asked("select count(*) from orders") == 1


def _feed_of(shop: Shop, url: str) -> Feed:
    path = shop.feed.root / "feeds.yaml"
    return load_feeds(path, {"ANFL_SHOP_URL": url}).feeds[0]


@pytest.mark.parametrize(
    ("kind", "values", "zone"),
    [
        ("numeric", ["9", "10.5", "100", "1000.25"], None),
        ("bigint", ["9", "10", "100", "9007199254740993"], None),
        ("double precision", ["0.1", "0.30000000000000004", "1e3", "1e300"], None),
        ("text", ["A", "B", "a", "b"], None),
        ("uuid", [f"0198{n}000-0000-7000-8000-000000000000" for n in range(4)], None),
        ("date", ["2026-08-01", "2026-08-02", "2026-08-03", "2026-08-04"], "UTC"),
        ("timestamp", [f"2026-08-01 10:00:00.00000{n}" for n in range(4)], "Europe/Berlin"),
    ],
)
def test_every_type_of_cursor_pages_in_its_own_order(
    shop: Shop, kind: str, values: list[str], zone: str | None, *, tmp_path: Path
) -> None:
    rows = ", ".join(f"({n}, '{value}')" for n, value in enumerate(values[:3]))
    shop.run(
        "drop table if exists entries",
        f"create table entries (id int, position {kind})",
        f"insert into entries values {rows}",  # noqa: S608 - literals of this test
    )
    asked = Sql(
        Secret(shop.server.url()),
        tmp_path,
        Settings(
            "select * from entries",
            "position",
            limit=1,
            zone=None if zone is None else ZoneInfo(zone),
        ),
    ).open(Workspace(tmp_path), ("id",))
    found, cursor = _all_pulled(asked, None)
    assert found == [0, 1, 2]
    shop.run(f"insert into entries values (3, '{values[3]}')")  # noqa: S608
    assert _all_pulled(asked, cursor)[0] == [3]


def test_times_that_never_end_are_told_and_stop_nothing(shop: Shop) -> None:
    shop.run("insert into orders (total, updated_at) values (1, 'infinity'), (2, now())")
    pulled = shop.pull()
    assert pulled.batch.rows["total"].to_list() == ["2.0000"]
    assert pulled.batch.rejects["rule"].to_list() == ["no_cursor_value"]


def _all_pulled(asked: Pull, cursor: str | None) -> tuple[list[int], str | None]:
    found: list[int] = []
    while True:
        pulled = asked.pull(cursor, now=datetime(2026, 9, 1, tzinfo=UTC))
        found += pulled.batch.rows["id"].to_list()
        cursor = pulled.cursor
        if not pulled.has_more:
            return found, cursor
