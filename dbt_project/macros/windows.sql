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


{#-
Length of the shortest window, 5 minutes, an hour or a day, that holds a whole number of windows of
`length_s`; null where none does (s).
-#}
{% macro counted_in(length_s) -%}
    case
        when {{ length_s }} <= 300 and 300 % {{ length_s }} = 0 then 300
        when {{ length_s }} <= 3600 and 3600 % {{ length_s }} = 0 then 3600
        when {{ length_s }} <= 86400 and 86400 % {{ length_s }} = 0 then 86400
    end
{%- endmacro %}


{#- How far each feed has delivered. -#}
{% macro feed_watermarks() -%}
    (
        select feed, max(watermark_at) as watermark_at
        from {{ source('meta', 'watermarks') }}
        group by feed
    )
{%- endmacro %}


{#- Which entity says who is new: events, else a product's own count, else first sales. -#}
{% macro source_of_new_users() -%}
    (
        select
            case
                when {{ is_delivered('events') }} then 'events'
                when exists (select 1 from {{ source('meta', 'usage_kinds') }} where kind = 'new_users') then 'usage_windows'
                else 'orders'
            end
    )
{%- endmacro %}
