"""One generated company for all tests of the example, made once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from examples.company.generate import Generated, generate

AS_OF = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    """The example as of a Monday in November 2026; tests only read it."""
    folder: Path = tmp_path_factory.mktemp("example") / "company"
    return generate(folder, as_of=AS_OF)
