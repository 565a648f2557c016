{#- The plan of one model: {is_full, dates (a condition on `date`), has_published}. Written by the planner. -#}
{% macro build_plan(model_name) %}
    {%- set rows = run_query(
        "select is_full, dates, has_published from build.plan where model = '" ~ model_name ~ "'").rows -%}
    {%- if rows | length != 1 -%}
        {% do exceptions.raise_compiler_error('the build has no plan for ' ~ model_name) %}
    {%- endif -%}
    {{ return({'is_full': rows[0][0], 'dates': rows[0][1], 'has_published': rows[0][2]}) }}
{% endmacro %}


{#-
What this model published for the dates that are not computed now, or nothing on a full build. For
models that only ever look back, such as first sight of a user.
-#}
{% macro settled(columns) %}
    {%- set plan = build_plan(this.identifier) if execute else {'is_full': true} -%}
    {%- if plan.is_full or not plan.has_published -%}
        (select {% for name, type in columns.items() -%}
            null::{{ type }} as {{ name }}{{ ', ' if not loop.last }}
        {%- endfor %} where false)
    {%- else -%}
        (select {{ columns.keys() | join(', ') }} from published.{{ this.identifier }})
    {%- endif -%}
{% endmacro %}
