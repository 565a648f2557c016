{#-
Probed states as spans of time (component, feed, is_up, from_at, until_at): a state holds until the next
probe of its component, at most as long as its feed says (15 minutes where it says nothing).
-#}
{% macro probed_states() -%}
    select
        component,
        feed,
        is_up,
        from_at,
        until_at
    from (
        select
            component,
            feed,
            is_up,
            observed_at as from_at,
            -- of several probes at one instant the last here counts: down over up, then the longest believed
            least(
                observed_at + max_carry,
                lead(observed_at) over (partition by component order by observed_at, not is_up, max_carry, feed)
            ) as until_at
        from (
            select probes.*, to_seconds(coalesce(feeds.max_carry_s, 900)) as max_carry
            from {{ ref('stg_system_logs__probes') }} as probes
            left join {{ source('meta', 'feeds') }} as feeds using (feed)
        )
    )
    where until_at > from_at
{%- endmacro %}
