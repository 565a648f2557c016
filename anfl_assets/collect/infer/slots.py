"""What columns of strangers are called: for each canonical column, names and values that fit it.

Names are patterns over a name's words (`named.words`), the likeliest first. Only data lives here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fit(StrEnum):
    """Which values a canonical column can be made of."""

    TIME = "times"
    TEXT = "texts"
    NUMBER = "numbers"
    COUNT = "whole numbers of 0 or more"
    PERCENT = "numbers from 0 to 100"
    SCORE = "numbers from 0 to 100"
    STATUS = "whole numbers from 100 to 599"
    STATE = "two states, such as up and down"


@dataclass(frozen=True)
class Slot:
    """A canonical column: `is_core` ones make the entity what it is and need a column."""

    column: str
    fit: Fit
    names: tuple[str, ...]
    is_core: bool = False


def _slot(column: str, fit: Fit, names: str, *, is_core: bool = False) -> Slot:
    return Slot(column, fit, tuple(names.split(" / ")), is_core)


_AT = "timestamp / datetime / date time / time / date / at / ts / day / when"
_SERVICE = "service / app / application / api / endpoint / function / deployment / backend"
_USER = "user id / user / visitor / member / account / actor / customer / client"

SLOTS: dict[str, tuple[Slot, ...]] = {
    "probes": (
        _slot("observed_at", Fit.TIME, f"observed / checked / {_AT}", is_core=True),
        _slot("component", Fit.TEXT, "component / site / monitor / check / target / url / host"),
        _slot(
            "is_up", Fit.STATE, r"is up / up / status(?! code) / state / alive / ok", is_core=True
        ),
        _slot("response_ms", Fit.NUMBER, "response / latency / duration / elapsed / rtt"),
    ),
    "resources": (
        _slot("observed_at", Fit.TIME, f"observed / sampled / checked / {_AT}", is_core=True),
        _slot("host", Fit.TEXT, "host / hostname / instance / node / machine / server / device"),
        _slot("resource", Fit.TEXT, "resource"),
        _slot(
            "utilization_pct",
            Fit.PERCENT,
            r"utili[sz]ation / usage / used (pct|percent) / cpu / memory / mem / disk / gpu / load",
            is_core=True,
        ),
    ),
    "scalings": (
        _slot("requested_at", Fit.TIME, "requested / triggered / started", is_core=True),
        _slot("ready_at", Fit.TIME, "ready / available / finished / completed"),
        _slot("service", Fit.TEXT, _SERVICE),
        _slot("from_units", Fit.COUNT, "from units / from / old (replicas|capacity) / previous"),
        _slot(
            "to_units",
            Fit.COUNT,
            "to units / desired / new (replicas|capacity) / to / replicas",
            is_core=True,
        ),
    ),
    "accesses": (
        _slot("observed_at", Fit.TIME, f"observed / logged / {_AT}", is_core=True),
        _slot("service", Fit.TEXT, f"{_SERVICE} / vhost / host"),
        _slot(
            "status_code",
            Fit.STATUS,
            "status code / http status / http code / response code / status / response / code",
            is_core=True,
        ),
        _slot("response_ms", Fit.NUMBER, "response (ms|time) / request time / duration / latency"),
        _slot("bytes", Fit.COUNT, "bytes / size / body bytes sent / length"),
    ),
    "requests": (
        _slot("observed_at", Fit.TIME, f"observed / handled / {_AT} / start", is_core=True),
        _slot("service", Fit.TEXT, f"{_SERVICE} / model"),
        _slot(
            "latency_ms",
            Fit.NUMBER,
            "latency / duration / elapsed / response (time|ms) / time taken / end to end / took",
        ),
        _slot("is_error", Fit.STATE, "is error / error / failed / failure / success / ok"),
    ),
    "request_windows": (
        _slot("window_start_at", Fit.TIME, f"window start / start / {_AT}", is_core=True),
        _slot("window_s", Fit.NUMBER, "window s / window"),
        _slot("service", Fit.TEXT, _SERVICE),
        _slot(
            "request_count",
            Fit.COUNT,
            "request count / requests / hits / calls / invocations",
            is_core=True,
        ),
        _slot("error_count", Fit.COUNT, "error count / errors / failures / failed / 5xx"),
        _slot("latency_p50_ms", Fit.NUMBER, "p50 / median"),
        _slot("latency_p95_ms", Fit.NUMBER, "p95"),
        _slot("latency_p99_ms", Fit.NUMBER, "p99"),
    ),
    "events": (
        _slot("occurred_at", Fit.TIME, f"occurred / {_AT}", is_core=True),
        _slot("user_id", Fit.TEXT, f"{_USER} / session", is_core=True),
        _slot("event_name", Fit.TEXT, "event name / event / action / activity", is_core=True),
        _slot("feature", Fit.TEXT, "feature / module / page"),
        _slot("properties", Fit.TEXT, "properties / payload / details"),
    ),
    "usage_windows": (
        _slot("window_start_at", Fit.TIME, f"window start / start / {_AT} / month", is_core=True),
        _slot("window_s", Fit.NUMBER, "window s / window"),
        _slot("product", Fit.TEXT, "product / app / platform"),
        _slot("kind", Fit.TEXT, "kind / metric"),
        _slot(
            "count",
            Fit.COUNT,
            "count / [dwm]au / active users / new users / users / visitors / signups / visits",
            is_core=True,
        ),
        _slot("of_count", Fit.COUNT, "of count / total users / eligible"),
    ),
    "orders": (
        _slot(
            "occurred_at",
            Fit.TIME,
            f"occurred / ordered / order date / {_AT} / created",
            is_core=True,
        ),
        _slot("customer_id", Fit.TEXT, "customer / client / buyer / account / user"),
        _slot(
            "order_id",
            Fit.TEXT,
            "order (id|no|number) / invoice / order / transaction / receipt",
            is_core=True,
        ),
        _slot(
            "amount",
            Fit.NUMBER,
            "amount / total / revenue / gross / net / price / paid",
            is_core=True,
        ),
        _slot("currency", Fit.TEXT, "currency"),
        _slot("kind", Fit.TEXT, "kind / order type"),
    ),
    "work_items": (
        _slot("created_at", Fit.TIME, "created / opened / submitted / reported", is_core=True),
        _slot("started_at", Fit.TIME, "started / in progress / assigned"),
        _slot("done_at", Fit.TIME, "done / closed / resolved / finished / completed / merged"),
        _slot("team", Fit.TEXT, "team / squad / project / queue / department / repo", is_core=True),
        _slot("kind", Fit.TEXT, "kind / type / category / priority"),
    ),
    "responses": (
        _slot("answered_at", Fit.TIME, f"answered / submitted / {_AT} / reviewed", is_core=True),
        _slot("respondent_id", Fit.TEXT, "respondent / reviewer / author / customer / user"),
        _slot(
            "score",
            Fit.SCORE,
            "score / overall rating / rating / stars / nps / csat / satisfaction / grade",
            is_core=True,
        ),
        _slot("scale_min", Fit.NUMBER, "scale min"),
        _slot("scale_max", Fit.NUMBER, "scale max"),
        _slot("segment", Fit.TEXT, "segment / tier / plan / group"),
        _slot("comment", Fit.TEXT, "comment / review / content / feedback / remark"),
    ),
    "market_sizes": (
        _slot("period_start_on", Fit.TIME, "period start / start / date / period", is_core=True),
        _slot("period_end_on", Fit.TIME, "period end / end"),
        _slot("market", Fit.TEXT, "market / region / geo / country"),
        _slot(
            "company",
            Fit.TEXT,
            "company / vendor / firm / provider / competitor / brand / car type",
            is_core=True,
        ),
        _slot(
            "amount",
            Fit.NUMBER,
            "amount / market size / size / revenue / trips / volume / sales",
            is_core=True,
        ),
        _slot("unit", Fit.TEXT, "unit"),
        _slot("report", Fit.TEXT, "report / source"),
    ),
}

# Words of a source's title or columns that speak for an entity, core columns or not.
HINTS: dict[str, str] = {
    "resources": r"\b(cpu|memory|mem|disk|gpu|network)\b[^|]*?\b(utili[sz]ation|usage|pct)\b",
    "requests": r"\b(llm|inference|tokens?|latency|requests?)\b",
    "request_windows": r"\brequest count\b",
    "usage_windows": r"\b([dwm]au|active users|new users|visitors|signups|usage)\b",
    "responses": r"\b(reviews?|surveys?|ratings?|nps|csat|feedback)\b",
    "orders": r"\b(orders?|sales|invoices?|retail|shop)\b",
    "accesses": r"\b(access(es)?|referr?er|user agent|agent|method|path|uri)\b",
    "probes": r"\b(uptime|probes?|status|health|monitor)\b",
    "market_sizes": r"\b(market|share|companies|company)\b",
    "scalings": r"\b(scal(e|ing)s?|autoscal\w+|cold starts?)\b",
    "work_items": r"\b(issues?|tickets?|tasks?|work items?)\b",
    "events": r"\b(events?|clicks?|track)\b",
}
# Columns that are no measurement though their name says so.
UNWANTED = r"\b(threshold|limit|target|min|max|monthly|estimated)\b"
# A column of such a name is called by its source's title: `value` in `cpu_utilization.csv`.
NAMELESS = ("value", "val", "metric", "metric value", "y")
UP = ("up", "ok", "online", "success", "succeeded", "pass", "passed", "healthy", "yes")
DOWN = ("down", "error", "offline", "failure", "failed", "fail", "unhealthy", "no", "degraded")
