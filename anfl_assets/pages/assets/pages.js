// What a page does by itself: ages go on, and what is drawn is drawn once it can be seen.

const SPANS = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];

function span(seconds) {
  for (const [n, [unit, size]] of SPANS.slice(0, -1).entries()) {
    if (seconds >= size) {
      const [smaller, smallerSize] = SPANS[n + 1];
      const rest = Math.floor((seconds % size) / smallerSize);
      return `${Math.floor(seconds / size)} ${unit}` + (rest ? ` ${rest} ${smaller}` : "");
    }
  }
  return `${Math.floor(seconds)} s`;
}

function tellAges() {
  for (const each of document.querySelectorAll("time[data-age]")) {
    const seconds = (Date.now() - Date.parse(each.dateTime)) / 1000;
    each.textContent = seconds < 1 ? "just now" : `${span(seconds)} ago`;
  }
}

setInterval(tellAges, 1000);

const lamp = document.querySelector("[data-live]");
if (lamp || document.querySelector("[data-chart], [data-spark]")) {
  const { watch } = await import(address("charts"));
  watch(document);
  if (lamp) (await import(address("live"))).follow(lamp, watch);
}

function address(name) {
  return document.querySelector(`meta[name="${name}"]`).content;
}
