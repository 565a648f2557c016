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
twice), one row for each combination of `by`: those, latency_ms, latency_count. A fold over each sorted
histogram, up to the bucket at which the running count reaches the rank: half the time of a window
function over its rows.
-#}
{% macro bucket_percentile(relation, by, share) -%}
    select
        {{ by | join(', ') }},
        {{ bucket_ms('percentile.bucket') }} as latency_ms,
        latency_count
    from (
        select
            {{ by | join(', ') }},
            latency_count,
            list_reduce(
                parts,
                lambda reached, part: {
                    'bucket': if(reached.running >= wanted, reached.bucket, part.bucket),
                    'running': reached.running + part.running
                }
            ) as percentile
        from (
            select
                {{ by | join(', ') }},
                sum(bucket_count)::bigint as latency_count,
                ceil({{ share }} * sum(bucket_count))::bigint as wanted,
                list_sort(list(struct_pack(bucket := bucket, running := bucket_count))) as parts
            from {{ relation }}
            group by {{ by | join(', ') }}
        )
    )
{%- endmacro %}
