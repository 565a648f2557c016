with source as (
    select * from {{ source('raw', 'request_windows') }}
),

renamed as (
    select
        feed,
        window_start_at,
        window_s,
        service,
        request_count,
        error_count,
        latency_buckets,
        latency_counts,
        latency_p50_ms,
        latency_p95_ms,
        latency_p99_ms,
        date
    from source
)

select * from renamed
