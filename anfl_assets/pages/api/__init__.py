"""The JSON API: what programs ask of the pages, described by OpenAPI."""
