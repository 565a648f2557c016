"""The feed of a gateway that logs its requests: what the benchmarks of live data write."""

GATEWAY = """\
organisation: {name: Bench}
feeds:
  gateway:
    entity: requests
    tail: gateway.jsonl
    format: jsonl
    every: 5 seconds
    columns:
      observed_at: {from: at, zone: UTC}
      service: service
      latency_ms: ms
      is_error: failed
"""
