"""Where numbers come from, as the statements of a build say it."""

from anfl_assets.report.lineage import Lineage, lineage

COMPILED = {
    "stg_orders": 'select * from "lake"."raw"."orders"',
    "stg_events": 'select * from "lake"."raw"."events"',
    "int_days": 'select * from "lake"."stg"."stg_orders"',
    "int_revenue": 'select * from "lake"."int"."int_days", "lake"."meta"."watermarks"',
    "int_users": 'select * from "lake"."stg"."stg_events"',
    "int_all": 'select * from "lake"."int"."int_revenue" union "lake"."int"."int_users"',
    "fct_status": 'select * from "lake"."int"."int_all", "lake"."catalog"."metric_catalog"',
    "rpt_board": 'select * from "lake"."mart"."fct_status"',
}


def test_a_metric_is_followed_from_its_tables_to_the_boards_that_show_it() -> None:
    assert lineage(COMPILED, "int_revenue") == Lineage(
        entities=("orders",),
        staging=("stg_orders",),
        intermediate=("int_days", "int_revenue"),
        marts=("int_all", "fct_status", "rpt_board"),
        settings=("watermarks",),
    )


def test_a_model_that_the_build_has_not_comes_from_nowhere() -> None:
    assert lineage(COMPILED, "int_new") == Lineage((), (), (), (), ())


def test_models_that_read_each_other_do_not_go_round_for_ever() -> None:
    circle = {"int_a": '"lake"."int"."int_b"', "int_b": '"lake"."int"."int_a"'}
    assert set(lineage(circle, "int_a").intermediate) == {"int_a", "int_b"}
