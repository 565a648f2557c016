"""Adding a user to `access.yaml` and taking one out; whatever else stands there stays as it is.

Only the lines of one user are changed, so that comments of people stay. What comes out is read back
before it takes the file's place.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import yaml

from anfl_assets.config.secret import Secret
from anfl_assets.errors import UserError, WorkspaceError
from anfl_assets.pages.access.people import Role, User
from anfl_assets.pages.access.private_file import write_private
from anfl_assets.pages.access.read_access import (
    USER_NAME,
    USER_NAME_RULE,
    AccessError,
    read_access,
)

_INDENT = "  "


def put_user(path: Path, name: str, *, password_hash: str, role: Role) -> bool:
    """Add a user, or give one a new password and role; return whether they are new.

    Raises:
        UserError: the name cannot be one, or the file cannot be changed line by line.
        AccessError: the file is wrong already.
        WorkspaceError: it cannot be written.
    """
    check_name(name)
    with _alone(path.parent):
        users = read_access(path).users
        content = json.dumps({"password_hash": password_hash, "role": role.value})
        text = edited(_text(path), name, f"{json.dumps(name)}: {content}")
        _write(path, text, {**users, name: User(name, role, Secret(password_hash))})
    return name not in users


def check_name(name: str) -> None:
    """Allow a name of a user, before anybody is asked for a password.

    Raises:
        UserError: it cannot be one.
    """
    if not USER_NAME.fullmatch(name):
        raise UserError(f"expected {USER_NAME_RULE}, the first a letter or digit")


def remove_user(path: Path, name: str) -> None:
    """Take a user out of the file; their sessions end with the next request.

    Raises:
        UserError: there is none of that name, or the file cannot be changed line by line.
        AccessError: the file is wrong already.
        WorkspaceError: it cannot be written.
    """
    with _alone(path.parent):
        users = read_access(path).users
        if name not in users:
            known = ", ".join(users) or "nobody"
            raise UserError(f"{path}: no user of that name; there are: {known}")
        left = {each: user for each, user in users.items() if each != name}
        _write(path, edited(_text(path), name, None), left)


def edited(text: str, name: str, line: str | None) -> str:
    """Return the file's text with a user's line in place of what it said of them."""
    top = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = top.value if isinstance(top, yaml.MappingNode) else []
    users = next((pair for pair in pairs if pair[0].value == "users"), None)
    lines = text.splitlines()
    if users is None:
        return _joined([*lines, "users:", f"{_INDENT}{line}"])
    key, content = users
    if not isinstance(content, yaml.MappingNode):  # `users:` and nothing
        at = key.start_mark.line
        return _joined([*lines[:at], "users:", f"{_INDENT}{line}", *lines[at + 1 :]])
    if content.flow_style:
        raise UserError("users: write each user on a line of its own, without { } around them all")
    margin = " " * content.start_mark.column
    begin, end = _span(content, name)
    return _joined([*lines[:begin], *([] if line is None else [margin + line]), *lines[end:]])


def _span(users: yaml.MappingNode, name: str) -> tuple[int, int]:
    """Return the lines of a user; of a new one the empty place before the first."""
    for key, value in users.value:
        if key.value == name:
            return key.start_mark.line, _last_line(value) + 1
    return users.start_mark.line, users.start_mark.line


def _last_line(node: yaml.Node) -> int:
    """Return where a node ends: that of a block is where the next begins, behind its comments."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _last_line(node.value[-1][1])
    return int(node.end_mark.line)


def _write(path: Path, text: str, users: Mapping[str, User]) -> None:
    """Put a text in the file's place if it names these users and no others.

    Raises:
        UserError: it does not.
    """
    proof = path.with_name(f".{path.name}.{os.getpid()}.proof")
    write_private(proof, text)
    try:
        found: Mapping[str, User] | None = read_access(proof).users
    except AccessError:
        found = None
    finally:
        proof.unlink(missing_ok=True)
    if found != users:
        raise UserError(f"{path}: cannot be changed line by line; edit it by hand")
    write_private(path, text)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8") if path.exists() else ""
    except OSError as error:
        raise WorkspaceError(f"{path}: cannot be read: {error.strerror}") from error


def _joined(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep two of these commands from writing over each other."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise WorkspaceError(f"{folder}: cannot be used: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
