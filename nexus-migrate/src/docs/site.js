"use strict";

const root = document.body.dataset.root;
const field = document.getElementById("search");
const found = document.getElementById("found");
const MOST = 30;

/// How well an entry answers: lower is better, Infinity not at all.
function rank([, name, , text], words) {
  const lower = name.toLowerCase();
  let rank = 0;
  for (const word of words) {
    const at = lower.indexOf(word);
    if (at < 0 && !text.toLowerCase().includes(word)) return Infinity;
    rank += at < 0 ? 100 : at === 0 || /[._]/.test(lower[at - 1]) ? 0 : 10;
  }
  return rank * 1000 + name.length;
}

function show() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = words.length === 0 ? [] : INDEX.map((entry) => [rank(entry, words), entry]).filter(([r]) => r < Infinity);
  hits.sort((a, b) => a[0] - b[0]);
  found.replaceChildren(
    ...hits.slice(0, MOST).map(([, [kind, name, page, text]]) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const note = document.createElement("small");
      link.href = root + encodeURI(page);
      note.textContent = ` ${kind} ${text}`;
      link.append(name, note);
      item.append(link);
      return item;
    }),
  );
  found.firstElementChild?.classList.add("chosen");
  found.hidden = hits.length === 0;
}

function choose(step) {
  const items = [...found.children];
  const at = items.findIndex((item) => item.classList.contains("chosen"));
  const next = items[(at + step + items.length) % items.length];
  items[at]?.classList.remove("chosen");
  next?.classList.add("chosen");
  next?.scrollIntoView({ block: "nearest" });
}

field.addEventListener("input", show);
field.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    const link = found.querySelector(".chosen a");
    if (link) location.href = link.href;
  } else if (event.key === "Escape") {
    field.value = "";
    show();
  }
});
// A link can hold a search: index.html?q=email.
field.value = new URLSearchParams(location.search).get("q") ?? "";
show();
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== field) {
    event.preventDefault();
    field.focus();
  }
});

/// A diagram that can be moved and zoomed.
for (const canvas of document.querySelectorAll(".canvas")) {
  const svg = canvas.querySelector("svg");
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  if (width <= canvas.clientWidth && height <= 600) continue;
  canvas.classList.add("live");
  let view = { x: 0, y: 0, w: width, h: height };
  const set = () => svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.w} ${view.h}`);
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const by = event.deltaY > 0 ? 1.15 : 1 / 1.15;
    const box = svg.getBoundingClientRect();
    const [px, py] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    view = { x: view.x + view.w * (1 - by) * px, y: view.y + view.h * (1 - by) * py, w: view.w * by, h: view.h * by };
    set();
  }, { passive: false });
  let from = null;
  let moved = false;
  canvas.addEventListener("pointerdown", (event) => { from = event; moved = false; });
  canvas.addEventListener("pointermove", (event) => {
    if (!from || event.buttons === 0) return;
    const scale = Math.max(view.w / svg.clientWidth, view.h / svg.clientHeight);
    const [dx, dy] = [event.clientX - from.clientX, event.clientY - from.clientY];
    if (!moved && Math.hypot(dx, dy) < 4) return;
    moved = true;
    view.x -= dx * scale;
    view.y -= dy * scale;
    from = event;
    set();
  });
  canvas.addEventListener("dragstart", (event) => event.preventDefault());
  canvas.addEventListener("click", (event) => { if (moved) event.preventDefault(); }, true);
  window.addEventListener("pointerup", () => { from = null; });
}
