// The live page: tiles are put in the place of those before; the lamp says how fresh they are.

const STALE_S = 15;

export function follow(lamp, watch) {
  const words = lamp.querySelector(".words");
  let judgedAt = null;
  let silent = [];

  function tell() {
    if (judgedAt === null) return;
    const seconds = Math.max(Math.round((Date.now() - judgedAt) / 1000), 0);
    const isStale = seconds > STALE_S;
    lamp.dataset.state = isStale || silent.length ? "stale" : "live";
    const quiet = silent.length ? `; silent: ${silent.join(", ")}` : "";
    words.textContent = `${isStale ? "not live any more, last" : "live,"} judged ${seconds} s ago${quiet}`;
  }

  function put(name, html) {
    const before = document.getElementById(`tile-${name}`);
    const made = document.createElement("template");
    made.innerHTML = html;
    const tile = made.content.querySelector(".tile");
    if (!before || !tile) return;
    if (before.dataset.value !== tile.dataset.value) tile.classList.add("fresh");
    const focused = document.activeElement?.closest(".tile") === before
      ? document.activeElement.getAttribute("href") : null;
    before.replaceWith(tile);
    if (focused) [...tile.querySelectorAll("a")].find((a) => a.getAttribute("href") === focused)?.focus();
    watch(tile);
  }

  const source = new EventSource(lamp.dataset.live);
  source.addEventListener("board", (event) => {
    const told = JSON.parse(event.data);
    judgedAt = Date.parse(told.at);
    silent = told.told.filter((feed) => feed.is_silent).map((feed) => feed.feed);
    const names = Object.keys(told.tiles);
    // A metric that came after the page was made has no place on it yet.
    if (names.some((name) => !document.getElementById(`tile-${name}`))) { location.reload(); return; }
    for (const name of names) put(name, told.tiles[name]);
    tell();
  });
  source.addEventListener("feed", (event) => {
    const place = document.getElementById("feed");
    const at = place.contains(document.activeElement)
      ? document.activeElement.getAttribute("aria-label") ?? document.activeElement.getAttribute("href") : null;
    place.innerHTML = JSON.parse(event.data).html;
    if (at) [...place.querySelectorAll("a, button")].find(
      (each) => (each.getAttribute("aria-label") ?? each.getAttribute("href")) === at)?.focus();
  });
  source.addEventListener("problem", (event) => {
    judgedAt = null;
    lamp.dataset.state = "stale";
    words.textContent = JSON.parse(event.data).problem;
  });
  source.addEventListener("error", () => {
    // Refused, and not merely interrupted: the browser does not try again by itself.
    if (source.readyState === EventSource.CLOSED) {
      judgedAt = null;
      lamp.dataset.state = "stale";
      words.textContent = "not live; load this page again";
    } else if (judgedAt === null) { lamp.dataset.state = "stale"; words.textContent = "no connection; trying again"; }
  });
  setInterval(tell, 1000);
}
