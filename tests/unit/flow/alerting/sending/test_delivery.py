"""Delivering over hours, by a clock of the test's own: when, how often, where else, what not."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anfl_assets.deliver.channel import Receipt, Refused, TryAgainLater
from anfl_assets.deliver.channels import Channels, Opening
from anfl_assets.deliver.message import Message, to_json
from anfl_assets.flow.alerting.sending.delivery import Delivery, open_delivery
from anfl_assets.flow.alerting.sending.lanes import Lane
from anfl_assets.flow.alerting.sending.tally import SendReport
from anfl_assets.store.alerts.outbox import Outgoing
from anfl_assets.store.alerts.records import Notice, Reason, Target
from anfl_assets.store.alerts.store import AlertStore, open_alerts
from anfl_assets.store.workspace import Workspace

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
Answer = Callable[[datetime], Receipt]


def takes(at: datetime) -> Receipt:
    return Receipt("r", thread={"at": f"{at:%H:%M:%S}"})


def is_down(at: datetime) -> Receipt:
    raise TryAgainLater(f"down at {at:%H:%M}")


def refuses(at: datetime) -> Receipt:
    raise Refused(f"HTTP 401 at {at:%H:%M}")


@dataclass
class Provider:
    """A channel that answers as the test says, and remembers each try."""

    clock: Callable[[], datetime]
    answer: Answer = takes
    tries: list[tuple[datetime, Message]] = field(default_factory=list)
    threads: list[Mapping[str, str]] = field(default_factory=list)
    charts: list[bytes | None] = field(default_factory=list)

    def send(
        self, message: Message, address: str, *, thread: Mapping[str, str], chart: bytes | None
    ) -> Receipt:
        """Remember the try and answer."""
        assert address == "on_call"
        self.tries.append((self.clock(), message))
        self.threads.append(dict(thread))
        self.charts.append(chart)
        return self.answer(self.clock())


@dataclass
class Town:
    """An outbox, three channels with a fallback each, and the time."""

    store: AlertStore
    now: datetime = START
    providers: dict[str, Provider] = field(default_factory=dict)
    picture: Callable[[Message], bytes | None] = lambda _: None

    def __post_init__(self) -> None:
        """Open the channels."""
        for name in ("PagerDuty", "SMS", "Email"):
            self.providers[name] = Provider(lambda: self.now)

    def put(self, channel: str, reason: Reason = "first", severity: str = "critical") -> int:
        """Put one message into the outbox; return its number."""
        number = self.now.hour * 3600 + self.now.minute * 60 + self.now.second
        key = f"i/{channel}/{reason}/{severity}/{number}"
        body = to_json(Message(reason, severity, self.now, "i", incident_id=1))
        notice = Notice(key, 1, reason, Target(channel, "on_call"), self.now, body)
        self.store.add([notice], now=self.now)
        return max(row.notice_id for row in self.store.notices(1))

    def deliver(self) -> SendReport:
        """Send what is due now."""
        return self.delivery().once()

    def delivery(self) -> Delivery:
        """Return a new delivery, as each tick has its own."""
        made = {name: (lambda each=each: each) for name, each in self.providers.items()}
        openings = {
            # The pace of a dashboard: the test's time is not the provider's.
            name: Opening("smtp" if name == "Email" else "dashboard", make, needs_address=False)
            for name, make in made.items()
        }
        channels = Channels(openings, fallback={"PagerDuty": "SMS", "SMS": "Email"})
        return open_delivery(
            channels, self.store, clock=lambda: self.now, by="me", picture=self.picture
        )

    def pass_by(self, span: timedelta) -> None:
        """Let time pass from one moment at which something is due to the next."""
        until = self.now + span
        while (due_at := self.store.next_due_at(self.now)) is not None and due_at <= until:
            self.now = max(due_at, self.now + SECOND)
            self.deliver()
        self.now = until

    def row(self, notice_id: int) -> Outgoing:
        """Return one message of the outbox."""
        found = self.store.notice(notice_id)
        assert found is not None
        return found


@pytest.fixture
def town(with_alerts: Workspace) -> Iterator[Town]:
    with open_alerts(with_alerts) as store:
        yield Town(store)


def test_what_is_sent_is_sent_once_and_what_its_receipt_said_is_given_to_the_next(
    town: Town,
) -> None:
    town.put("SMS")
    assert str(town.deliver()) == "1 sent"
    assert str(town.deliver()) == "nothing to send"
    town.put("SMS", "recovery")
    town.deliver()
    assert town.providers["SMS"].threads == [{}, {"at": "12:00:00"}]


def test_what_finds_its_channel_at_work_is_sent_after_that_though_the_clock_stands_still(
    town: Town,
) -> None:
    over = threading.Event()

    def work() -> None:
        over.wait(60)

    assert Lane(str(town.store.engine.url), "SMS", 1.0).start(work)
    town.put("SMS")
    delivery = town.delivery()
    # Twice: the first look leaves a beat, which is something new to the second.
    delivery.look()
    delivery.look()
    over.set()
    assert str(delivery.once()) == "1 sent"


def test_a_channel_is_left_alone_as_long_as_it_asks_and_another_process_knows(
    town: Town, tmp_path: Path
) -> None:
    def busy(at: datetime) -> Receipt:
        if at < START + timedelta(minutes=20):
            raise TryAgainLater("429", 1200)
        return takes(at)

    town.providers["SMS"].answer = busy
    town.put("SMS", severity="warning")
    town.deliver()
    town.now += SECOND
    town.put("SMS", "canary", severity="information")
    with open_alerts(Workspace(tmp_path)) as other:
        town.store, mine = other, town.store
        town.pass_by(timedelta(minutes=30))
        town.store = mine
    tries = [at for at, _ in town.providers["SMS"].tries]
    assert tries[0] == START
    assert all(at >= START + timedelta(minutes=20) for at in tries[1:])
    assert len(tries) == 3


def test_what_is_not_critical_is_tried_for_a_day_and_then_given_up(town: Town) -> None:
    town.providers["SMS"].answer = is_down
    number = town.put("SMS", severity="warning")
    for hour in range(0, 24, 4):
        town.now = START + timedelta(hours=hour)
        town.deliver()
        assert town.row(number).state == "waiting"
    town.now = START + timedelta(hours=24)
    town.deliver()
    row = town.row(number)
    assert (row.state, row.attempts) == ("refused", 7)
    assert row.error == "gave up after 1 d and 7 tries: down at 12:00"
    assert town.row(number + 1).target.channel == "Email"
    assert town.row(number + 1).state == "sent"


def test_a_critical_message_goes_elsewhere_after_three_failures_and_is_still_tried(
    town: Town,
) -> None:
    town.providers["PagerDuty"].answer = is_down
    number = town.put("PagerDuty")
    town.pass_by(timedelta(seconds=59))
    assert len(town.providers["PagerDuty"].tries) >= 3
    ((at, copy),) = town.providers["SMS"].tries
    assert at <= START + timedelta(seconds=30)
    assert copy.note.startswith("PagerDuty did not take this: down at 12:00")
    town.providers["PagerDuty"].answer = takes
    town.pass_by(timedelta(minutes=3))
    assert town.row(number).state == "sent"
    assert len(town.providers["SMS"].tries) == 1


def test_a_critical_message_waits_a_minute_for_a_paused_channel_then_it_goes_elsewhere(
    town: Town,
) -> None:
    town.store.pause("PagerDuty", START + timedelta(hours=1), "429")
    town.put("PagerDuty")
    town.now += timedelta(seconds=59)
    town.deliver()
    assert town.providers["SMS"].tries == []
    town.now += timedelta(seconds=1)
    town.deliver()
    assert len(town.providers["SMS"].tries) == 1
    assert town.providers["PagerDuty"].tries == []


def test_a_refused_message_is_handed_on_until_a_channel_takes_it(town: Town) -> None:
    town.providers["PagerDuty"].answer = refuses
    town.providers["SMS"].answer = refuses
    town.put("PagerDuty", severity="information")
    report = town.deliver()
    assert (report.sent, report.refused, report.handed_over) == (1, 2, 2)
    assert report.problems == (
        "PagerDuty: HTTP 401 at 12:00",
        "SMS: HTTP 401 at 12:00",
    )
    ((_, message),) = town.providers["Email"].tries
    assert message.note == (
        "SMS did not take this: HTTP 401 at 12:00 PagerDuty did not take this: HTTP 401 at 12:00"
    )


def test_after_an_outage_only_the_newest_of_an_incident_is_said_and_how_old_it_is(
    town: Town,
) -> None:
    town.store.pause("SMS", START + timedelta(hours=1), "429")
    first = town.put("SMS", severity="warning")
    town.now += timedelta(minutes=10)
    update = town.put("SMS", "update", severity="warning")
    town.pass_by(timedelta(hours=1))
    assert town.row(first).state == "withdrawn"
    assert town.row(first).error == "a newer message (update) says more"
    assert town.row(update).state == "sent"
    ((_, message),) = town.providers["SMS"].tries
    assert message.note == "Sent 50 minutes late: this was true at 23 Nov 12:10 UTC."


def test_of_what_was_over_before_it_could_be_said_nobody_hears(town: Town) -> None:
    town.store.pause("SMS", START + timedelta(hours=1), "429")
    numbers = [town.put("SMS", severity="warning"), town.put("SMS", "recovery", "warning")]
    town.pass_by(timedelta(hours=2))
    assert [town.row(number).state for number in numbers] == ["withdrawn", "withdrawn"]
    assert town.providers["SMS"].tries == []


def test_a_digest_is_one_mail_and_all_its_rows_have_its_receipt(town: Town) -> None:
    body = to_json(Message("first", "information", START, "i"))
    target = Target("Email", "on_call")
    notices = [
        Notice(f"d/{n}", n, "first", target, START, body, is_digest=True) for n in range(1, 4)
    ]
    town.store.add(notices, now=START)
    assert town.deliver().sent == 3
    ((_, message),) = town.providers["Email"].tries
    assert (message.reason, len(message.collected), message.send_key) == ("digest", 3, "d/1")
    assert {town.row(n).reference for n in (1, 2, 3)} == {"r"}


def test_a_digest_that_mail_refuses_goes_elsewhere_as_a_whole(town: Town) -> None:
    body = to_json(Message("first", "information", START, "i"))
    target = Target("SMS", "on_call")
    notices = [
        Notice(f"d/{n}", n, "first", target, START, body, is_digest=True) for n in range(1, 4)
    ]
    town.providers["SMS"].answer = refuses
    town.store.add(notices, now=START)
    town.deliver()
    ((_, message),) = town.providers["Email"].tries
    assert (message.reason, len(message.collected)) == ("digest", 3)
    assert [town.row(n).state for n in (1, 2, 3)] == ["refused", "refused", "refused"]


def test_a_picture_goes_with_the_first_message_and_one_that_cannot_be_drawn_stops_nothing(
    town: Town,
) -> None:
    town.picture = lambda _: b"png"
    town.put("Email")
    town.put("SMS")
    town.put("Email", "update")
    town.deliver()
    assert town.providers["Email"].charts == [b"png", None]
    assert town.providers["SMS"].charts == [None]

    def broken(_: Message) -> bytes:
        raise ValueError("no such colour")

    town.picture = broken
    town.now += SECOND
    town.put("Email")
    assert town.deliver().sent == 1


def test_a_row_that_cannot_be_read_is_given_up_and_stands_in_no_way(
    town: Town, tmp_path: Path
) -> None:
    number = town.put("SMS")
    with sqlite3.connect(tmp_path / "state" / "alerts.sqlite") as raw:
        raw.execute("update alert_outbox set body = '{}'")
    raw.close()
    town.now += SECOND
    town.put("SMS", "update")
    town.deliver()
    assert town.row(number).state == "refused"
    assert len(town.providers["SMS"].tries) == 1
