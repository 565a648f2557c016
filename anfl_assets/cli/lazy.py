"""A group of sub-commands that is a map of names: only the one that is called is imported.

`anfl` and its larger groups are such maps, so that their `--help` answers at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import NamedTuple

import click


class Entry(NamedTuple):
    """Where a sub-command lives and its line in the help; `name` is its click object there."""

    module: str
    help: str
    name: str = "command"


class LazyGroup(click.Group):
    """A click group that knows its sub-commands by name, in titled groups of its help."""

    titled: Mapping[str, Mapping[str, Entry]]

    def __init__(
        self, *arguments: object, titled: Mapping[str, Mapping[str, Entry]], **settings: object
    ) -> None:
        """Keep the map; everything else is click's."""
        super().__init__(*arguments, **settings)  # type: ignore[arg-type]
        self.titled = titled
        self.entries = {name: entry for group in titled.values() for name, entry in group.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the groups."""
        del ctx
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the sub-command's module; None for an unknown name."""
        del ctx
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        command = getattr(import_module(entry.module), entry.name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{entry.module}.{entry.name} is no click command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Say the nearest name when the one given is unknown."""
        if args[0] not in self.entries and not args[0].startswith("-"):
            ctx.fail(_unknown(args[0], self.entries))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the groups from the map alone, without importing a sub-command."""
        del ctx
        width = max(map(len, self.entries))
        for title, group in self.titled.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name.ljust(width), entry.help) for name, entry in group.items()]
                )


def _unknown(name: str, known: Mapping[str, Entry]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; one of: {', '.join(known)}"
    return f"no command {name!r}{hint}"
