{#-
Mergeable latency histograms: bucket b holds (1.02^(b-1), 1.02^b] ms, values of zero or less have a
bucket of their own. Relative error of a percentile is at most 0.99 % (DDSketch, Masson et al. 2019).
-#}
{% macro latency_bucket(latency_ms) -%}
    (
        case
            when {{ latency_ms }} <= 0 then -32768
            else greatest(-32767, least(32767, ceil(ln({{ latency_ms }}) / ln(1.02))))
        end
    )::smallint
{%- endmacro %}


{#- The latency a bucket stands for, ms: the point of equal relative distance to both its ends. -#}
{% macro bucket_ms(bucket) -%}
    (case when {{ bucket }} = -32768 then 0 else 2 * power(1.02, {{ bucket }}) / 2.02 end)
{%- endmacro %}


{#-
Nearest-rank percentile of a bucketed relation (columns: by…, bucket, bucket_count; a bucket may come
twice), one row for each combination of `by`: those, latency_ms, latency_count.
-#}
{% macro bucket_percentile(relation, by, share) -%}
    select
        {{ by | join(', ') }},
        {{ bucket_ms('min(bucket) filter (running_count >= ceil(' ~ share ~ ' * latency_count))') }} as latency_ms,
        max(latency_count) as latency_count
    from (
        select
            {{ by | join(', ') }},
            bucket,
            sum(bucket_count) over (partition by {{ by | join(', ') }} order by bucket) as running_count,
            sum(bucket_count) over (partition by {{ by | join(', ') }}) as latency_count
        from {{ relation }}
    )
    group by {{ by | join(', ') }}
{%- endmacro %}
