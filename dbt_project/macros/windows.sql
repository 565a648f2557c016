{#- Start of the 5-minute window an instant falls in. -#}
{% macro five_minutes(instant) -%}
    time_bucket(interval '5 minutes', {{ instant }})
{%- endmacro %}


{#- Last day a window touches: the date every observation is kept under. -#}
{% macro last_day_of(window_end_at) -%}
    ({{ window_end_at }} - interval '1 microsecond')::date
{%- endmacro %}


{#- Midnight UTC of a date, as an instant. -#}
{% macro midnight(day) -%}
    ({{ day }})::timestamp at time zone 'UTC'
{%- endmacro %}


{#- How far the sources of an entity have delivered; null where they never did. -#}
{% macro watermark_of(entity) -%}
    (select max(watermark_at) from {{ source('meta', 'watermarks') }} where entity = '{{ entity }}')
{%- endmacro %}


{#- First day an entity ever had; null where it never had one. -#}
{% macro first_day_of(entity) -%}
    (select min(first_on) from {{ source('meta', 'watermarks') }} where entity = '{{ entity }}')
{%- endmacro %}


{#- Whether an entity has ever been delivered. -#}
{% macro is_delivered(entity) -%}
    exists (select 1 from {{ source('meta', 'watermarks') }} where entity = '{{ entity }}')
{%- endmacro %}
