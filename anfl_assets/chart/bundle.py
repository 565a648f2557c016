"""The one local script a page needs to draw charts, made of what vl-convert carries.

It sets `window.anflChart`, and `window.vegaEmbed` beside it. Pages forbid `eval` and styles in the
page: expressions are interpreted, and the page styles `#vg-tooltip-element` itself. One chart:
`const {view} = await anflChart.draw(element, spec)`. Many of one shape, compiled once:
`const tile = await anflChart.shape(spec); const view = await tile(element, rows)`. Later rows:
`view.data("points", rows); await view.runAsync()`. Over: `view.finalize()`.
"""

from __future__ import annotations

from anfl_assets.chart.image import DIALECT

# vl-convert imports a default that vega has not, so its `vega` is null, and the interpreter is
# known to vegaEmbed alone. A view's own class, and what vegaEmbed gives it, are all that is needed.
_SNIPPET = """
const quiet = {
  ast: true,
  actions: false,
  defaultStyle: false,
  logLevel: 1,
  tooltip: { disableDefaultStyle: true },
};
const draw = (element, spec, options) => vegaEmbed(element, spec, { ...quiet, ...options });
const shape = async (spec) => {
  const empty = { $schema: "https://vega.github.io/schema/vega/v6.json" };
  const blank = await draw(document.createElement("div"), empty);
  const View = blank.view.constructor;
  let made;
  class Kept extends View {
    constructor(runtime, options) {
      super(runtime, options);
      made = { runtime, expr: options.expr };
    }
  }
  const kept = await draw(document.createElement("div"), spec, { viewClass: Kept });
  blank.finalize();
  kept.finalize();
  return async (element, rows) => {
    const view = new View(made.runtime, { expr: made.expr, renderer: "svg", logLevel: 1 });
    await view.initialize(element).data("points", rows).runAsync();
    return view;
  };
};
window.vegaEmbed = vegaEmbed;
window.anflChart = { draw, shape };
"""


def bundle() -> str:
    """Return the script, about 0.9 MB; it takes 2 s to make, so keep it."""
    import vl_convert

    made = vl_convert.javascript_bundle(_SNIPPET, vl_version=DIALECT)
    # It is written as a module: its hundreds of short names must not become the page's globals.
    return f"(() => {{\n{made}\n}})();\n"
