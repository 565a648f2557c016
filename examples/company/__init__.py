"""The example company: raw files of eighteen months, made by a seed and an `as_of`, not measured.

`generate.generate` writes them; the modules beside it say how each kind of file comes about, and
`truth` what the twelve metrics of §1 must then be. Nothing here reads the lake or runs a pipeline.
"""
