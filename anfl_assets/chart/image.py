"""A chart without a browser: as SVG, as PNG, or compiled to Vega for a page that parses it once.

The renderer is in the process and knows no network; its fonts come with it. Layers that only serve
a mouse are left out of pictures.
"""

from __future__ import annotations

from anfl_assets.chart.history import HOVER
from anfl_assets.chart.types import Spec

# The Vega-Lite that goes with the Vega vl-convert carries (6.2); an older one is drawn with it too,
# but warns in every browser.
DIALECT = "6.4"
# What `container` means where there is none.
_WIDTH = 640


def svg(spec: Spec) -> str:
    """Return a chart as an SVG document, without script and without reference to anything."""
    import vl_convert

    return vl_convert.vegalite_to_svg(still(spec), vl_version=DIALECT)


def png(spec: Spec, *, scale: float = 2.0) -> bytes:
    """Return a chart as a PNG, `scale` times its size in pixels."""
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(still(spec), vl_version=DIALECT, scale=scale))


def vega(spec: Spec) -> Spec:
    """Return a chart compiled to Vega; its datasets keep their names."""
    import vl_convert

    return vl_convert.vegalite_to_vega(spec, vl_version=DIALECT)


def still(spec: Spec) -> Spec:
    """Return a chart as a picture has it: of a fixed width, without what answers a mouse."""
    layers = [layer for layer in spec["layer"] if layer.get("name") != HOVER]
    width = _WIDTH if spec.get("width") == "container" else spec["width"]
    return {**spec, "layer": layers, "width": width}
