"""Who the example company is: services, hosts, features, and what happens to them.

Only facts live here; how a fact turns into rows is the matter of the entity's own module. Times are
written as durations before `as_of`, so that the same story holds for every date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

NAME = "Example Company (simulated)"
CURRENCY = "EUR"


@dataclass(frozen=True)
class Service:
    """One service as it runs on a quiet day."""

    name: str
    throughput_rps: float
    latency_p95_ms: float
    error_pct: float


# The first four report windows up to `as_of`; the last two send raw requests in the last two days.
SERVICES = (
    Service("chat-completion", 1500.0, 38.0, 0.04),
    Service("embeddings", 2100.0, 18.0, 0.03),
    Service("image-generation", 1350.0, 42.0, 0.05),
    Service("moderation", 1400.0, 24.0, 0.03),
    Service("speech-to-text", 1.5, 72.0, 0.05),
    Service("batch-scoring", 0.5, 320.0, 0.05),
)
RAW_SERVICES = ("speech-to-text", "batch-scoring")
SCALING_SERVICES = {"chat-completion": 20.0, "embeddings": 16.0, "image-generation": 42.0}
ACCESS_SERVICE = "status-page"
COMPONENTS = (*(service.name for service in SERVICES), "gateway")

# Mean use of each host's cpu, memory and disk in percent; two disks go ways of their own, see
# DISK_FLOOD and `machines.GROWING_DISK`.
HOSTS = {
    "api-1": {"cpu": 52.0, "memory": 61.0, "disk": 38.0},
    "api-2": {"cpu": 49.0, "memory": 58.0, "disk": 41.0},
    "gpu-1": {"cpu": 63.0, "memory": 66.0, "disk": 55.0},
    "gpu-2": {"cpu": 60.0, "memory": 64.0, "disk": 52.0},
    "db-1": {"cpu": 44.0, "memory": 69.0, "disk": 70.0},
    "batch-1": {"cpu": 57.0, "memory": 84.5, "disk": 47.0},
}

RELEASE_EVERY = timedelta(days=60)
LATEST_RELEASE = timedelta(days=45)
# Youngest first; one is released every 60 days, the first of the list 45 days before `as_of`.
RELEASED_FEATURES = (
    "smart_routing",
    "prompt_library",
    "usage_alerts",
    "voice_notes",
    "team_spaces",
    "image_variants",
    "batch_retries",
    "audit_trail",
    "model_compare",
    "saved_views",
    "quick_export",
)
SIDE_FEATURE = "shared_prompts"
SIDE_RELEASE = timedelta(days=20)
CORE_FEATURES = ("playground", "api_keys", "billing", "dashboards")

SEGMENTS = ("enterprise", "startup", "education")
TEAMS = ("platform", "models", "console")


@dataclass(frozen=True)
class Incident:
    """Something that befell a service: from `before` as_of, for `lasts` (None: still going on)."""

    incident_id: str
    metrics: tuple[str, ...]
    subject: str
    before: timedelta
    lasts: timedelta | None
    story: str
    latency_factor: float = 1.0
    throughput_factor: float = 1.0
    error_pct: float | None = None
    is_down: bool = False


INCIDENTS = (
    Incident(
        "slow-images",
        ("inference_latency", "throughput"),
        "image-generation",
        timedelta(hours=3, minutes=10),
        None,
        "a model version too large for its memory answers slowly and queues",
        latency_factor=3.7,
        throughput_factor=0.25,
    ),
    Incident(
        "moderation-errors",
        ("error_rate",),
        "moderation",
        timedelta(hours=20),
        None,
        "one replica of five times out now and then",
        error_pct=0.3,
    ),
    Incident(
        "moderation-shrunk",
        ("throughput",),
        "moderation",
        timedelta(days=20),
        None,
        "a large customer moved half of its traffic away",
        throughput_factor=0.55,
    ),
    Incident(
        "chat-errors",
        ("error_rate",),
        "chat-completion",
        timedelta(days=7, hours=14, minutes=40),
        timedelta(minutes=35),
        "a faulty release, taken back after 35 minutes",
        error_pct=3.2,
    ),
    Incident(
        "speech-outage",
        ("uptime", "throughput"),
        "speech-to-text",
        timedelta(days=11, hours=13, minutes=40),
        timedelta(minutes=95),
        "certificate expired",
        throughput_factor=0.0,
        is_down=True,
    ),
    Incident(
        "embeddings-blip",
        ("uptime", "throughput"),
        "embeddings",
        timedelta(days=20, hours=17),
        timedelta(minutes=10),
        "a restart that took both replicas at once",
        throughput_factor=0.0,
        is_down=True,
    ),
    Incident(
        "embeddings-spike",
        ("inference_latency",),
        "embeddings",
        timedelta(days=24, hours=10),
        timedelta(minutes=45),
        "cold cache after a move",
        latency_factor=9.0,
    ),
    Incident(
        "batch-outage",
        ("uptime", "throughput"),
        "batch-scoring",
        timedelta(days=200),
        timedelta(hours=6),
        "storage full",
        throughput_factor=0.0,
        is_down=True,
    ),
)

# Which team put something live how long before an incident: what its story goes back to.
DEPLOYED_BEFORE = {
    "slow-images": ("models", timedelta(minutes=6)),
    "chat-errors": ("platform", timedelta(minutes=4)),
}

# Announced work: its probes fail, and uptime leaves it out.
MAINTENANCE = Incident(
    "maintenance",
    ("uptime",),
    "batch-scoring",
    timedelta(days=8, hours=22),
    timedelta(hours=2),
    "announced work",
)
# db-1's disk grows slowly, then quickly: it passes 90 % three and a half days before `as_of`.
DISK_FLOOD = Incident(
    "disk-flood",
    ("resource_utilization",),
    "db-1/disk",
    timedelta(days=6),
    None,
    "a log left at its most talkative fills the disk",
)
DISK_FLOOD_START_PCT = 88.5
DISK_FLOOD_PCT_PER_DAY = 0.6
DISK_PCT_PER_DAY = 0.08
STALLED_SCALING = Incident(
    "stalled-scaling",
    ("scaling_efficiency",),
    "chat-completion",
    timedelta(days=40, hours=9),
    None,
    "capacity asked for that never became ready",
)


@dataclass(frozen=True)
class OwnTarget:
    """A target of one subject that differs from the specification's."""

    metric: str
    subject: str
    target: str
    alert_threshold: str


OWN_TARGETS = (
    OwnTarget("inference_latency", "batch-scoring", "<500ms", "1000ms"),
    OwnTarget("throughput", "batch-scoring", "0.3 req/s", "0.1 req/s"),
    OwnTarget("throughput", "speech-to-text", "1 req/s", "0.5 req/s"),
    OwnTarget("throughput", ACCESS_SERVICE, "0.05 req/s", "0.02 req/s"),
    OwnTarget("error_rate", "batch-scoring", "<1%", "5%"),
    OwnTarget("error_rate", "speech-to-text", "<1%", "5%"),
    OwnTarget("error_rate", ACCESS_SERVICE, "<1%", "5%"),
)
