"""Real data: one scrape with everything switched on (specification §1: resource utilization)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from prometheus_client.parser import text_string_to_metric_families

from anfl_assets.collect.formats.samples import By, Samples, sample_rows
from anfl_assets.collect.formats.selectors import Selector
from anfl_assets.store import lake
from tests.real.folder import Folder, counts

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("prom_node_exporter")


@pytest.fixture(scope="module")
def scrape(folder: Folder) -> str:
    return (folder.raw / "e2e-output.txt").read_text(encoding="utf-8")


def gauge(scrape: str, name: str) -> float:
    (found,) = re.findall(rf"^{name} (\S+)$", scrape, re.MULTILINE)
    return float(found)


def test_each_combination_of_labels_is_a_row(folder: Folder) -> None:
    assert counts(folder.landed["memory"]) == (1, 1, 0, 0)
    assert counts(folder.landed["filesystems"]) == (2, 2, 0, 0)
    assert (folder.built.status, folder.built.failures) == ("published", ())


def test_utilization_is_what_the_gauges_say(folder: Folder, scrape: str) -> None:
    total = gauge(scrape, "node_memory_MemTotal_bytes")
    memory = 100 * (total - gauge(scrape, "node_memory_MemFree_bytes")) / total
    sizes, used = (
        dict(
            re.findall(
                rf'^node_btrfs_{what}_bytes{{block_group_type="data",.*uuid="([^"]+)"}} (\S+)$',
                scrape,
                re.MULTILINE,
            )
        )
        for what in ("size", "used")
    )
    disks = [100 * float(used[uuid]) / float(size) for uuid, size in sizes.items()]
    rows = lake.read(folder.workspace.table_path("resources"))
    assert rows is not None
    found = dict(rows.group_by("resource").agg("utilization_pct").rows())
    assert found["memory"] == [pytest.approx(memory)]
    assert sorted(found["disk"]) == pytest.approx(sorted(disks))


def test_every_metric_is_read_as_the_clients_own_parser_reads_it(scrape: str) -> None:
    truth: dict[str, list[float]] = {}
    for family in text_string_to_metric_families(scrape):
        for sample in family.samples:
            if sample.value == sample.value and abs(sample.value) != float("inf"):
                truth.setdefault(sample.name, []).append(sample.value)
    names = [name for name in truth if "_bucket" not in name]
    asked = Samples((), {name: Selector(name) for name in names})
    row = sample_rows(scrape, asked).row(0, named=True)
    finite = {name: float(row[name]) for name in names if row[name] is not None}
    assert len(finite) > 900
    assert finite == pytest.approx({name: sum(truth[name]) for name in finite})


def test_labels_tell_the_same_series_apart(scrape: str) -> None:
    asked = Samples((By("device"),), {"bytes": Selector("node_disk_reads_completed_total")})
    ours = {row["device"]: float(row["bytes"]) for row in sample_rows(scrape, asked).to_dicts()}
    truth = {
        sample.labels["device"]: sample.value
        for family in text_string_to_metric_families(scrape)
        for sample in family.samples
        if sample.name == "node_disk_reads_completed_total"
    }
    assert len(ours) > 5
    assert ours == truth
