"""Where siblings meet: landing (collect → quality → store) and building (dbt → lake)."""
