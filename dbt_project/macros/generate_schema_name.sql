{#- Schemas are named by layer alone: the database is private, so no user prefix is needed. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
