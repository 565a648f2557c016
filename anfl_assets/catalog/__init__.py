"""The specification §1-§5 as data: YAML mirrors, their types, and what derives from them.

A name people write (`latency`, `<50ms`, `90 days`) gets its meaning here and nowhere else.
"""

from anfl_assets.catalog.alert_entries import is_runbook, recovery_problem
from anfl_assets.catalog.alerting import (
    OWN,
    AlertRules,
    ForecastRule,
    InhibitRule,
    Severity,
    Signal,
)
from anfl_assets.catalog.duration import (
    Cadence,
    Duration,
    Hold,
    parse_cadence,
    parse_clock,
    parse_duration,
    parse_hold,
    parse_limit,
)
from anfl_assets.catalog.loader import load_catalog
from anfl_assets.catalog.model import GRAINS, Catalog, Direction, Feature, Metric, SubjectTarget
from anfl_assets.catalog.quantity import (
    COLUMN_SUFFIXES,
    Quantity,
    Unit,
    convert,
    parse_quantity,
    parse_unit,
)
from anfl_assets.catalog.reach import Reach, parse_reach
from anfl_assets.catalog.sections import (
    Action,
    Correlation,
    Dashboard,
    Forecast,
    Measure,
    Phase,
    PipelineStep,
    Protocol,
    Source,
    Trend,
    Trigger,
)
from anfl_assets.catalog.target_entry import parse_subject_target

__all__ = [
    "COLUMN_SUFFIXES",
    "GRAINS",
    "OWN",
    "Action",
    "AlertRules",
    "Cadence",
    "Catalog",
    "Correlation",
    "Dashboard",
    "Direction",
    "Duration",
    "Feature",
    "Forecast",
    "ForecastRule",
    "Hold",
    "InhibitRule",
    "Measure",
    "Metric",
    "Phase",
    "PipelineStep",
    "Protocol",
    "Quantity",
    "Reach",
    "Severity",
    "Signal",
    "Source",
    "SubjectTarget",
    "Trend",
    "Trigger",
    "Unit",
    "convert",
    "is_runbook",
    "load_catalog",
    "parse_cadence",
    "parse_clock",
    "parse_duration",
    "parse_hold",
    "parse_limit",
    "parse_quantity",
    "parse_reach",
    "parse_subject_target",
    "parse_unit",
    "recovery_problem",
]
