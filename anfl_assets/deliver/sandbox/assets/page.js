// Asks for the board every two seconds and puts it in place when something is new. What it is
// given is HTML of this page's own templates, in which everything from outside is escaped.
"use strict";

const board = document.getElementById("board");
const live = document.getElementById("live");
const wanted = board.dataset.wanted;
let tag = "";

function say(text, isBad) {
  live.textContent = text;
  live.classList.toggle("bad", Boolean(isBad));
}

function fit(frame) {
  const grow = () => {
    const inside = frame.contentDocument;
    if (inside && inside.documentElement) {
      const most = wanted ? 1600 : 460;
      frame.style.height = Math.min(inside.documentElement.scrollHeight + 2, most) + "px";
    }
  };
  frame.addEventListener("load", grow);
  grow();
}

function count() {
  const counts = document.getElementById("counts").dataset;
  for (const each of document.querySelectorAll("[data-count]")) {
    each.textContent = counts[each.dataset.count || "all"];
  }
}

function put(html) {
  const kept = new Map();
  for (const each of board.querySelectorAll("details[id]")) kept.set(each.id, each.open);
  const frames = new Map();
  for (const each of board.querySelectorAll("iframe[id]")) frames.set(each.id, each.style.height);
  board.innerHTML = html;
  for (const each of board.querySelectorAll("details[id]")) {
    if (kept.has(each.id)) each.open = kept.get(each.id);
  }
  for (const each of board.querySelectorAll("iframe[id]")) {
    if (frames.has(each.id)) each.style.height = frames.get(each.id);
    fit(each);
  }
  count();
}

async function ask() {
  try {
    const headers = tag ? { "If-None-Match": tag } : {};
    const answer = await fetch("/board?channel=" + encodeURIComponent(wanted), { headers });
    if (answer.ok) {
      const first = tag === "";
      tag = answer.headers.get("ETag");
      const html = await answer.text();
      if (!first) put(html);
    }
    if (live.classList.contains("bad")) say("");
  } catch {
    say("The sandbox does not answer; it may have been stopped.", true);
  }
  setTimeout(ask, 2000);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.classList.contains("ack")) return;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form));
  fields.set("by", document.getElementById("by").value);
  const button = form.querySelector("button");
  button.disabled = true;
  const answer = await fetch("/acknowledge", { method: "POST", body: fields });
  if (answer.ok) {
    button.textContent = "Acknowledged";
  } else {
    button.disabled = false;
    say(await answer.text(), true);
  }
});

const by = document.getElementById("by");
if (by) {
  by.value = localStorage.getItem("by") || "";
  by.addEventListener("change", () => localStorage.setItem("by", by.value));
}
for (const each of board.querySelectorAll("iframe")) fit(each);
ask();
