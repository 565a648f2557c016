// Charts and small lines, drawn by Vega once they can be seen, for the ground they stand on.
// <figure data-chart="address of a Vega-Lite spec">  ·  <div data-spark='{"points": [[time, value], …], …}'>

const dark = matchMedia("(prefers-color-scheme: dark)");
let sparkShape = null;

function look() {
  return dark.matches ? "dark" : "light";
}

async function json(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

function withLook(address) {
  const url = new URL(address, location.href);
  url.searchParams.set("look", look());
  return url;
}

export async function drawChart(figure) {
  figure.dataset.state = "loading";
  try {
    const spec = await json(withLook(figure.dataset.chart));
    const place = figure.querySelector(".drawing") ?? figure.insertBefore(
      Object.assign(document.createElement("div"), { className: "drawing" }), figure.firstChild);
    figure.view?.finalize();
    // Thousands of points to hover over: as nodes of an SVG they take twice as long, and each is told
    // to who cannot see it. The figure has a name, and a table has its numbers.
    const onCanvas = { renderer: "canvas", config: { aria: false } };
    figure.view = (await window.anflChart.draw(place, spec, onCanvas)).view;
    figure.dataset.state = "drawn";
  } catch (error) {
    figure.dataset.state = "failed";
  }
}

async function shape() {
  return window.anflChart.shape(await json(`/charts/spark.json?look=${look()}`));
}

export async function drawSpark(place) {
  sparkShape ??= shape();
  const draw = await sparkShape;
  const told = JSON.parse(place.dataset.spark);
  const rows = told.points.map(([at, value], n) => ({
    at: Date.parse(at), value, target: told.target, dot: n === told.points.length - 1 && value !== null,
  }));
  place.view?.finalize();
  place.replaceChildren();
  place.view = await draw(place, rows);
  await place.view.width(place.clientWidth - 4).height(place.clientHeight - 4).runAsync();
}

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    seen.unobserve(entry.target);
    if (entry.target.dataset.chart) drawChart(entry.target);
    else drawSpark(entry.target);
  }
}, { rootMargin: "200px" });

export function watch(root) {
  for (const each of root.querySelectorAll("[data-chart], [data-spark]")) seen.observe(each);
}

dark.addEventListener("change", () => {
  sparkShape = null;
  for (const each of document.querySelectorAll("[data-chart], [data-spark]")) {
    if (each.view || each.dataset.state) seen.observe(each);
  }
});
