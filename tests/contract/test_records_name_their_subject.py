"""Drilling down from a metric to its records: each table says which columns name its subject."""

from anfl_assets.catalog import load_catalog
from anfl_assets.frames import SUBJECT_COLUMNS, TABLES


def test_every_canonical_table_says_what_names_its_subject() -> None:
    assert SUBJECT_COLUMNS.keys() == TABLES.keys()


def test_what_names_a_subject_is_a_column_of_the_table() -> None:
    wrong = [
        f"{entity}.{column}"
        for entity, columns in SUBJECT_COLUMNS.items()
        for column in columns
        if column not in TABLES[entity].schema
    ]
    assert wrong == []


def test_a_metric_with_parts_has_a_table_that_names_them() -> None:
    unnamed = [
        metric.metric_id
        for metric in load_catalog().metrics.values()
        if metric.has_parts and not any(SUBJECT_COLUMNS[entity] for entity in metric.entities)
    ]
    assert unnamed == []
