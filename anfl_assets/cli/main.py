"""The frame of the `anfl` command: the map of sub-commands and what an error becomes.

A sub-command is one module with one click object named `command`; it is imported when it is
invoked and not before, so that `anfl --help` answers at once. No sub-command's work lives here.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from types import TracebackType

import click

from anfl_assets.cli.lazy import Entry, LazyGroup
from anfl_assets.errors import AnflError, UserError

DEBUG_VARIABLE = "ANFL_DEBUG"
_INTERRUPTED = 130  # 128 + SIGINT, as a shell reports it
# DuckDB answers Ctrl-C during a query with a plain RuntimeError of these words.
_QUERY_INTERRUPTED = "Query interrupted"


# Grouped by the question a person comes with; `anfl --help` shows the groups in this order.
GROUPS: dict[str, dict[str, Entry]] = {
    "Run it": {
        "run": Entry("anfl_assets.cli.run", "Collect, build and judge once; print the scoreboard."),
        "collect": Entry("anfl_assets.cli.collect", "Ask running systems without end (--live)."),
        "up": Entry("anfl_assets.cli.up", "Dagster's pages and schedules here, until Ctrl-C."),
        "serve": Entry("anfl_assets.cli.serve", "The dashboards, metrics and incidents as pages."),
    },
    "Read it": {
        "status": Entry("anfl_assets.cli.status", "The scoreboard: every metric, worst first."),
        "watch-metrics": Entry(
            "anfl_assets.cli.watch_metrics", "The live board, kept fresh until Ctrl-C."
        ),
        "metric": Entry("anfl_assets.cli.metric", "One metric: history, definition, lineage."),
        "contribution": Entry(
            "anfl_assets.cli.contribution", "Who brought a metric's change, part by part."
        ),
        "trends": Entry("anfl_assets.cli.trends", "What becomes worse or better, and how surely."),
        "correlations": Entry(
            "anfl_assets.cli.correlations", "What goes with what, and which of them leads."
        ),
        "forecast": Entry(
            "anfl_assets.cli.forecast.group", "What will be, when it crosses, how sure that is."
        ),
        "report": Entry("anfl_assets.cli.report", "The executive digest as one page, to hand on."),
        "notebook": Entry("anfl_assets.cli.notebook", "Open a notebook: learn, explore, judge."),
        "conform": Entry("anfl_assets.cli.conform", "The specification, line by line, against us."),
    },
    "What came in": {
        "feeds": Entry("anfl_assets.cli.feeds", "Check, preview and start feeds files."),
        "loads": Entry("anfl_assets.cli.loads", "Every file that landed and what became of it."),
        "quarantine": Entry("anfl_assets.cli.quarantine", "Rows that were refused, with reasons."),
        "data": Entry("anfl_assets.cli.data", "Take a wrong load back, or let it land again."),
    },
    "When it goes wrong": {
        "alerts": Entry(
            "anfl_assets.cli.alerts.group", "Incidents, silences, and why somebody was (not) told."
        ),
        "watch": Entry("anfl_assets.cli.watch", "Tell when alerting itself is dead or stuck."),
        "doctor": Entry("anfl_assets.cli.doctor", "One page: does everything work?"),
        "users": Entry("anfl_assets.cli.users", "Who sees the pages from other machines, as what."),
    },
    "What it means": {
        "catalog": Entry("anfl_assets.cli.catalog", "Check the catalog; write the dbt seeds."),
    },
}
COMMANDS: dict[str, Entry] = {
    name: entry for group in GROUPS.values() for name, entry in group.items()
}


class _ReaderHasGoneError(Exception):
    """The reader of a pipe has seen enough (`anfl loads | head`)."""


class _Frame(LazyGroup):
    """The command itself: what ends a pipe early is no failure of any of its sub-commands."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the sub-command; click would call a reader that has gone a failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderHasGoneError from error


@click.group(
    cls=_Frame,
    titled=GROUPS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Every reading command has --json. The data folder is --data-dir or $ANFL_DATA_DIR "
    "(default build/data).",
)
@click.version_option(package_name="anfl-metrics", prog_name="anfl")
def anfl() -> None:
    """Twelve metrics of an AI platform: collected, validated, judged."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with its exit code.

    0 fine; 1 the work failed; 2 a mistake of the person, said in one line; 130 interrupted.
    """
    sys.excepthook = explain_unexpected
    sys.exit(invoke(arguments))


def invoke(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; what went wrong is on standard error."""
    try:
        code = anfl.main(args=arguments, prog_name="anfl", standalone_mode=False)
    except AnflError as error:
        return _explain(error, error.exit_code)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, RuntimeError) as error:
        return _explain_interrupt(error)
    except _ReaderHasGoneError:
        # Say nothing more into the pipe, neither when the interpreter leaves.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        click.echo(f"anfl: {error.strerror}; free some and run again", err=True)
        return UserError.exit_code
    return code if isinstance(code, int) else 0


def explain_unexpected(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Say what nobody foresaw in two lines; the traceback only where it was asked for.

    The hook of the interpreter, which leaves with 1 after it.
    """
    if os.environ.get(DEBUG_VARIABLE):
        traceback.print_exception(kind, error, trace)
        return
    click.echo(f"anfl: unexpected {kind.__name__}: {error}", err=True)
    click.echo(f"anfl: set {DEBUG_VARIABLE}=1 to see where; please report it", err=True)


def _explain_interrupt(error: KeyboardInterrupt | RuntimeError) -> int:
    is_other = isinstance(error, RuntimeError) and not isinstance(error, click.Abort)
    if is_other and str(error) != _QUERY_INTERRUPTED:
        raise error
    click.echo("anfl: interrupted", err=True)
    return _INTERRUPTED


def _explain(error: AnflError, code: int) -> int:
    from anfl_assets.cli.render import printable

    if os.environ.get(DEBUG_VARIABLE):
        traceback.print_exception(error)
    # A message may quote what came in a file: it must not command the terminal.
    click.echo(
        "\n".join(printable(line.expandtabs()) for line in f"anfl: {error}".splitlines()), err=True
    )
    return code
