"""ANFL Metrics: one catalog from which collection, KPIs, judgement and reports follow.

The package tree is the specification's table of contents; see docs/specification.md. What an
analyst calls is here too (`import anfl_assets as anfl`), loaded when it is first asked for: the
package itself is imported by everything and costs nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anfl_assets.explore.metric_view import MetricView
    from anfl_assets.explore.newest import (
        forecasts,
        incidents,
        metric,
        metrics,
        notices,
        scorecard,
        sql,
        status,
        tables,
    )
    from anfl_assets.explore.reader import Reader
    from anfl_assets.explore.reader import open_reader as open  # noqa: A004 - anfl.open(...)

__all__ = [
    "MetricView",
    "Reader",
    "forecasts",
    "incidents",
    "metric",
    "metrics",
    "notices",
    "open",
    "scorecard",
    "sql",
    "status",
    "tables",
]

_NEWEST = "anfl_assets.explore.newest"
_PLACES = {
    "MetricView": ("anfl_assets.explore.metric_view", "MetricView"),
    "Reader": ("anfl_assets.explore.reader", "Reader"),
    "open": ("anfl_assets.explore.reader", "open_reader"),
}

if not TYPE_CHECKING:  # a type checker must not take every name for one of ours

    def __getattr__(name: str) -> object:
        """Load a name of the public API when it is asked for."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        module, attribute = _PLACES.get(name, (_NEWEST, name))
        return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    """List the public API, for tab completion."""
    return sorted({*globals(), *__all__})
