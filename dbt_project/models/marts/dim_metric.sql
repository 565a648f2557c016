-- One row per metric of the catalog.
select * from {{ ref('metric_catalog') }}
