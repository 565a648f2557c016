"""What the documents name exists: commands with their options, verbs, paths, models, decisions.

Read from code spans and fenced blocks of every Markdown file of the project. Whether a sentence is
true is for a reader; whether its names are is for this test.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from anfl_assets.cli.main import anfl
from anfl_assets.store.workspace import Workspace

ROOT = Path(__file__).parents[2]
DECISIONS = ROOT / "docs" / "decisions"
RECORDS = sorted(DECISIONS.glob("[0-9]*.md"))
INDEX = DECISIONS / "README.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SUFFIXES = (".py", ".sql", ".yaml", ".yml", ".md", ".toml", ".csv", ".lock")
# Written by a person for their own files, so no file of ours.
THEIRS = {"access.yaml", "alerts.yaml", "feeds.yaml"}
SECTIONS = ["Context", "Decision", "Consequences", "Where", "Shown by"]
_PATH = re.compile(r"[\w.*<>/-]+")
_MODEL = re.compile(r"(stg|int|fct|dim|rpt)_\w+")
_MODULE = re.compile(r"python -m (benchmarks[\w.]*)")
# In two parts each, so that this file does not name what it forbids.
FORBIDDEN = [
    re.compile(pattern)
    for pattern in (
        r"(?<![\w.~*}])/" + r"(home|root|Users|work|mnt|opt|srv)/[A-Za-z]",
        r"(?i)\b(pypi\.org|python" + r"hosted|registry\.npm|crates\.io/api|proxy\.golang|ghcr\.io)",
        r"(?i)--(extra-)?index" + r"-url[ =]",
    )
]


def fenced(text: str) -> list[str]:
    """Lines of the fenced blocks."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def spans(text: str) -> list[str]:
    """Inline code, each once; a span may be broken over two lines."""
    outside = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return list(dict.fromkeys(" ".join(span.split()) for span in re.findall(r"`([^`]+)`", outside)))


def code(path: Path) -> list[str]:
    """Everything in the document that is code."""
    text = path.read_text(encoding="utf-8")
    return [*fenced(text), *spans(text)]


def commands(line: str) -> Iterator[list[str]]:
    """Words after `anfl` of each command on a line."""
    for part in re.split(r"&&|\||·|#", line):
        found = re.match(r"\s*(?:\.venv/bin/)?anfl (.+)", part)
        if found:
            yield shlex.split(found[1])


def fault_of(words: list[str]) -> str | None:
    """Say what the command line does not have of these words; None if it has them all."""
    command: click.Command = anfl
    context = click.Context(anfl)
    for word in words:
        if word.startswith("-"):
            known = {name for each in command.get_params(context) for name in each.opts}
            if word.partition("=")[0] not in known:
                return f"{command.name} has no option {word}"
        elif isinstance(command, click.Group):
            inner = command.get_command(context, word)
            if inner is None:
                return f"{command.name} has no command {word}"
            command = inner
    return None


def is_path(span: str) -> bool:
    """Say whether a code span names a file or folder of the project."""
    if not _PATH.fullmatch(span) or span in THEIRS:
        return False
    first = span.partition("/")[0]
    return span.endswith(SUFFIXES) or ("/" in span and (ROOT / first).exists())


def exists(span: str) -> bool:
    """Say whether a path is there; `<…>` stands for any one name, as `*` does."""
    return any(ROOT.glob(re.sub(r"<\w+>", "*", span.rstrip("/"))))


def committed() -> list[Path]:
    """Every file of the project, as git has them."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = listed.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def documents(*paths: Path) -> pytest.MarkDecorator:
    """Run a test once for each document."""
    found = paths or tuple(DOCUMENTS)
    return pytest.mark.parametrize(
        "document", found, ids=[str(path.relative_to(ROOT)) for path in found]
    )


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 100


@documents()
def test_every_command_exists_with_its_options(document: Path) -> None:
    named = [words for line in code(document) for words in commands(line)]
    assert [fault for words in named if (fault := fault_of(words))] == []


@documents()
def test_every_verb_of_make_exists(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    verbs = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = {found[1] for line in code(document) if (found := re.match(r"make ([a-z]+)", line))}
    assert named - verbs == set()


@documents()
def test_every_benchmark_exists(document: Path) -> None:
    modules = [found[1] for line in code(document) if (found := _MODULE.search(line))]
    files = [ROOT / (module.replace(".", "/") + ".py") for module in modules if "." in module]
    assert [str(path) for path in files if not path.is_file()] == []


@documents()
def test_every_path_exists(document: Path) -> None:
    named = [span for span in spans(document.read_text(encoding="utf-8")) if is_path(span)]
    in_data = [span for span in named if span.startswith("<data>/")]
    assert [span for span in named if span not in in_data and not exists(span)] == []


@documents()
def test_every_place_in_a_data_folder_exists(document: Path) -> None:
    workspace = Workspace(Path("data"))
    known = {workspace.table_path(entity).parent for entity in ("probes", "requests", "events")}
    known |= {workspace.table_path("responses").parent, workspace.table_path("market_sizes").parent}
    known |= {workspace.mart_path("dim_metric").parent, workspace.state_path, workspace.builds_dir}
    text = document.read_text(encoding="utf-8")
    named = {span for span in spans(text) if span.startswith("<data>/")}
    assert {span for span in named if Path(span.replace("<data>", "data")) not in known} == set()


@documents()
def test_every_model_exists(document: Path) -> None:
    models = {path.stem for path in (ROOT / "dbt_project" / "models").rglob("*.sql")}
    text = document.read_text(encoding="utf-8")
    assert {span for span in spans(text) if _MODEL.fullmatch(span)} - models == set()


@documents()
def test_every_link_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_every_decision_is_in_the_index_under_its_title() -> None:
    titles = {path.name: path.read_text(encoding="utf-8").splitlines()[0] for path in RECORDS}
    rows = re.findall(r"^\| \[(\d{4})\]\(([^)]+)\) \| (.+) \|$", INDEX.read_text(), re.MULTILINE)
    assert {name: f"# {number} {title}" for number, name, title in rows} == titles


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))


@documents(*RECORDS)
def test_a_decision_is_short_and_whole(document: Path) -> None:
    lines = document.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 40
    assert [line[3:] for line in lines if line.startswith("## ")] == SECTIONS


def test_no_file_names_a_machines_folder_or_a_registry() -> None:
    found = []
    for path in committed():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}: {each[0]}" for p in FORBIDDEN for each in p.finditer(text)
        ]
    assert found == []
