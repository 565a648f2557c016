"""The dbt-duckdb plugin that binds a build's private database to the lake.

dbt loads this module by name (profiles.yml); nothing else imports it. What is bound was written to
`bind.json` beside the database by `bind.py`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin  # noqa: TID253 - only dbt imports this module

from anfl_assets.flow.bind import BINDING_NAME, apply


class Plugin(BasePlugin):
    """Creates the bound views and tables when the private database is opened."""

    def configure_connection(self, conn: Any) -> None:  # noqa: ANN401 - duckdb's own connection
        """Bind once per connection; a database without a binding is only being parsed."""
        if self.creds is None:
            return
        path = Path(self.creds.path).parent / BINDING_NAME
        if path.exists():
            apply(conn, json.loads(path.read_text()))
