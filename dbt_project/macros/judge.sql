{#-
The one judge (specification §1: target, alert threshold). A breach is strictly beyond the threshold; a
target with an operator is as written, one without is met at equality (the catalog's seed says which).
-#}
{% macro judge(value, target_operator, target_value, threshold_value) -%}
    case
        when {{ value }} is null or not isfinite({{ value }}) then 'insufficient'
        when {{ target_operator }} in ('<', '<=') and {{ value }} > {{ threshold_value }} then 'breached'
        when {{ target_operator }} in ('>', '>=') and {{ value }} < {{ threshold_value }} then 'breached'
        when {{ target_operator }} = '<' and {{ value }} < {{ target_value }} then 'on_target'
        when {{ target_operator }} = '<=' and {{ value }} <= {{ target_value }} then 'on_target'
        when {{ target_operator }} = '>' and {{ value }} > {{ target_value }} then 'on_target'
        when {{ target_operator }} = '>=' and {{ value }} >= {{ target_value }} then 'on_target'
        else 'off_target'
    end
{%- endmacro %}


{#- How bad a status is, worst highest: the order of every board. -#}
{% macro badness(status) -%}
    case {{ status }}
        when 'breached' then 4
        when 'no_data' then 3
        when 'off_target' then 2
        when 'insufficient' then 1
        else 0
    end
{%- endmacro %}
