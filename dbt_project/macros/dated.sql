{#-
A model states the whole; this materialization computes only the dates the build's plan names, into
`fresh.<model>`, and shows the model as fresh rows beside the published rows of all other dates. So an
incremental build equals a full one by construction (docs/decisions, build plan).
-#}
{% materialization dated, adapter='duckdb', supported_languages=['sql'] %}
    {%- set fresh = api.Relation.create(
        database=this.database, schema='fresh', identifier=this.identifier, type='table') -%}
    {%- set plan = build_plan(this.identifier) -%}
    {{ run_hooks(pre_hooks) }}
    {%- if plan.is_full -%}
        {%- set restricted = sql -%}
    {%- else -%}
        {%- set restricted = 'select * from (\n' ~ sql ~ '\n) as whole where ' ~ plan.dates -%}
    {%- endif -%}
    {% call statement('main') -%}
        {{ create_table_as(False, fresh, restricted) }}
    {%- endcall %}
    {% call statement('whole') -%}
        create or replace view {{ this }} as select * from {{ fresh }}
        {% if plan.has_published and not plan.is_full -%}
        union all by name select * from published.{{ this.identifier }}
        {%- endif %}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({'relations': [this.incorporate(type='view')]}) }}
{% endmaterialization %}


{#- Tests read what would be published, not history: their cost does not grow with it. -#}
{% macro duckdb__get_where_subquery(relation) -%}
    {%- set node = graph.nodes.get(model.attached_node) if model.attached_node else none -%}
    {%- if node and node.config.materialized == 'dated' and relation.identifier == node.alias -%}
        {%- set relation = api.Relation.create(
            database=relation.database, schema='fresh', identifier=relation.identifier) -%}
    {%- endif -%}
    {%- set where = config.get('where', '') -%}
    {%- if where -%}
        {%- do return('(select * from ' ~ relation ~ ' where ' ~ where ~ ') dbt_subquery') -%}
    {%- else -%}
        {%- do return(relation) -%}
    {%- endif -%}
{%- endmacro %}
