"""Who may see the pages, and who may answer an incident there.

`access.yaml` says who (`read_access`, `write_access`), `gate` tells of a request who sent it, and
`guard` lets nothing else through. `headers` stand on every answer.
"""
