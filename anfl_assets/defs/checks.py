"""What the expectation suites said of the last landing, as asset checks on the five sources (§2.2).

Validation ran while landing; a check reads its verdict from the ledger. A broken expectation of
critical severity makes the table unusable and stops what is built on it; any other is a warning:
its rows are in quarantine.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from anfl_assets.catalog.loader import load_catalog
from anfl_assets.catalog.sections import Source
from anfl_assets.defs.assets import source_key
from anfl_assets.defs.resources import WorkspaceResource
from anfl_assets.store.ledger import Ledger, open_ledger

CRITICAL = "critical"


def suite_checks() -> list[dg.AssetChecksDefinition]:
    """One definition for each source, with one check for each of its entities."""
    return [_source_checks(source) for source in load_catalog().sources.values()]


def _source_checks(source: Source) -> dg.AssetChecksDefinition:
    specs = [
        dg.AssetCheckSpec(
            name=check_name(entity),
            asset=source_key(source.name),
            blocking=True,
            description=f"The last landing of {entity} meets expectations/{entity}.yaml.",
        )
        for entity in source.entities
    ]

    @dg.multi_asset_check(name=f"{source.name}_expectations", specs=specs)
    def meets_expectations(workspace: WorkspaceResource) -> Iterator[dg.AssetCheckResult]:
        with open_ledger(workspace.open()) as ledger:
            for entity in source.entities:
                yield entity_verdict(entity, source, last_results(ledger, source.name, entity))

    return meets_expectations


def check_name(entity: str) -> str:
    """Name of an entity's check: a fact as a sentence."""
    return f"{entity}_meets_expectations"


def last_results(ledger: Ledger, source: str, entity: str) -> list[Mapping[str, Any]]:
    """Return the suite results of the newest landing of every feed that brings `entity`."""
    newest = ledger.newest_landings(source=source, entity=entity)
    return [
        result
        for feed, landing_id in newest.items()
        for result in ledger.suite_results(landing_id)
        if result["feed"] == feed and result["entity"] == entity
    ]


def entity_verdict(
    entity: str, source: Source, results: Sequence[Mapping[str, Any]]
) -> dg.AssetCheckResult:
    """Sum up the results of one entity; without any, there is nothing to object to."""
    broken = [result for result in results if not result["success"]]
    is_unusable = any(result["severity"] == CRITICAL for result in broken)
    return dg.AssetCheckResult(
        passed=not broken,
        asset_key=source_key(source.name),
        check_name=check_name(entity),
        severity=dg.AssetCheckSeverity.ERROR if is_unusable else dg.AssetCheckSeverity.WARN,
        metadata={
            "expectations": len(results),
            "broken": dg.MetadataValue.json(
                [
                    {key: result[key] for key in ("feed", "rule", "severity", "unexpected_count")}
                    for result in broken
                ]
            ),
        },
        description=_told(results, broken),
    )


def _told(results: Sequence[Mapping[str, Any]], broken: Sequence[Mapping[str, Any]]) -> str:
    if not results:
        return "nothing has landed yet"
    if not broken:
        return f"{len(results)} expectations hold"
    rules = ", ".join(f"{result['rule']} ({result['unexpected_count']:,})" for result in broken)
    return f"{len(broken)} of {len(results)} expectations broken: {rules}"
