// Moving about: zoom and pan, the pointer, and the keyboard with one tab stop.
const [width, height] = data.frame, view = { x: width / 2, y: height / 2, scale: 1, whole: 1 }; // scale: map units a pixel
const between = (least, value, most) => Math.min(Math.max(value, least), most);

function look(x, y, scale) {
  const box = map.getBoundingClientRect();
  if (!box.width) return;
  view.whole = Math.max(width / box.width, height / box.height) * 1.03;
  view.scale = between(view.whole / 60, scale, view.whole);
  const zoomed = view.scale < view.whole * 0.98; // then the middle may be anywhere in the country
  view.x = zoomed ? between(0, x, width) : width / 2;
  view.y = zoomed ? between(0, y, height) : height / 2;
  const wide = box.width * view.scale, high = box.height * view.scale;
  map.setAttribute("viewBox", [view.x - wide / 2, view.y - high / 2, wide, high].map((one) => one.toFixed(1)).join(" "));
  map.style.setProperty("--s", (view.scale * between(0.8, 0.8 + 0.22 * Math.log2(view.whole / view.scale), 1.7)).toFixed(3));
  map.classList.toggle("zoomed", zoomed);
  hideTip();
}

function zoom(factor, x, y) {
  const box = map.getBoundingClientRect(), scale = between(view.whole / 60, view.scale / factor, view.whole);
  const step = x === undefined ? 0 : view.scale - scale; // the point under the pointer stays
  look(view.x + (x - box.left - box.width / 2 || 0) * step, view.y + (y - box.top - box.height / 2 || 0) * step, scale);
}

function onScreen(office) {
  const box = map.getBoundingClientRect();
  return [box.left + box.width / 2 + (office.x - view.x) / view.scale, box.top + box.height / 2 + (office.y - view.y) / view.scale];
}

function nearest(x, y, within = 15) {
  let best = null;
  for (const at of marks.keys()) {
    const [px, py] = onScreen(data.offices[at]), distance = Math.hypot(px - x, py - y);
    if (now(data.offices[at]).state !== "absent" && distance < within) { within = distance; best = at; }
  }
  return best;
}

function tell(event, at) {
  const place = data.municipalities[areas.indexOf(event.target)], lines = at !== null ? officeLines(data.offices[at]) : place && placeLines(place);
  if (lines) showTip(lines, event.clientX, event.clientY);
  else hideTip();
}

const fingers = new Map();
let moved = 0;
map.addEventListener("pointerdown", (event) => { fingers.set(event.pointerId, event); moved = 0; });
window.addEventListener("pointermove", (event) => {
  const before = fingers.get(event.pointerId), other = [...fingers.values()].find((one) => one.pointerId !== event.pointerId);
  if (!before) return;
  moved += Math.hypot(event.clientX - before.clientX, event.clientY - before.clientY);
  fingers.set(event.pointerId, event);
  if (other) {
    const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    zoom(apart(event) / Math.max(apart(before), 1), other.clientX, other.clientY);
  } else if (moved > 4) look(view.x - (event.clientX - before.clientX) * view.scale, view.y - (event.clientY - before.clientY) * view.scale, view.scale);
});
for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, (event) => fingers.delete(event.pointerId));
map.addEventListener("wheel", (event) => {
  if (event.deltaY > 0 && view.scale >= view.whole) return; // let the page scroll on
  event.preventDefault();
  zoom(Math.exp(-between(-60, event.deltaY, 60) / 180), event.clientX, event.clientY);
}, { passive: false });
map.addEventListener("mousemove", (event) => {
  if (!fingers.size) tell(event, nearest(event.clientX, event.clientY));
});
for (const name of ["mouseleave", "focusout"]) map.addEventListener(name, hideTip);
map.addEventListener("click", (event) => {
  if (event.detail && moved > 4) return;
  const mark = event.target.closest(".office"); // a click without a place comes from a screen reader
  const at = event.detail ? nearest(event.clientX, event.clientY) : mark && Number(mark.dataset.index);
  if (at === null) tell(event, null);
  else { stop(at); choose(at, marks.get(at)); }
});

let current = null;
function stop(at) {
  if (current !== null) marks.get(current).setAttribute("tabindex", "-1");
  current = at;
  marks.get(at).setAttribute("tabindex", "0");
}

function stopNear(place) {
  const at = nearest(...onScreen(place), Infinity);
  if (at !== null) stop(at);
}

const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
function neighbour([dx, dy]) {
  const here = data.offices[current];
  let best = current, least = Infinity;
  for (const at of marks.keys()) {
    const there = data.offices[at], x = there.x - here.x, y = there.y - here.y;
    const cost = Math.hypot(x, y) + 2 * (Math.abs(x * dy) + Math.abs(y * dx));
    if (now(there).state !== "absent" && x * dx + y * dy > 0 && cost < least) { least = cost; best = at; }
  }
  return best;
}

map.addEventListener("focusin", (event) => {
  const mark = event.target.closest(".office");
  if (!mark) return;
  stop(Number(mark.dataset.index));
  const office = data.offices[current], box = map.getBoundingClientRect(), [x, y] = onScreen(office);
  if (between(box.left + 20, x, box.right - 20) !== x || between(box.top + 20, y, box.bottom - 20) !== y) look(office.x, office.y, view.scale);
  if (mark.matches(":focus-visible")) showTip(officeLines(office), ...onScreen(office));
});
map.addEventListener("keydown", (event) => {
  const arrow = arrows[event.key], step = 80 * view.scale;
  if (event.ctrlKey || event.metaKey || event.altKey || current === null) return;
  if (arrow && event.shiftKey) look(view.x + arrow[0] * step, view.y + arrow[1] * step, view.scale);
  else if (arrow) { stop(neighbour(arrow)); marks.get(current).focus({ preventScroll: true }); }
  else if (event.key === "Enter" || event.key === " ") choose(current, marks.get(current));
  else if (["+", "=", "-"].includes(event.key)) zoom(event.key === "-" ? 1 / 1.6 : 1.6, ...onScreen(data.offices[current]));
  else if (event.key === "0") look(width / 2, height / 2, Infinity);
  else return;
  event.preventDefault();
});

for (const one of all(".inset")) one.addEventListener("click", () => {
  const [x, y, wide, high] = one.dataset.box.split(" ").map(Number), box = map.getBoundingClientRect();
  look(x + wide / 2, y + high / 2, Math.max(wide / box.width, high / box.height));
  stopNear({ x: x + wide / 2, y: y + high / 2 });
});
const zooms = { in: () => zoom(1.6), out: () => zoom(1 / 1.6), whole: () => look(width / 2, height / 2, Infinity) };
for (const one of all("[data-zoom]")) one.addEventListener("click", zooms[one.dataset.zoom]);
for (const row of rows) row.querySelector("button").addEventListener("click", (event) => {
  const at = Number(row.dataset.index), office = data.offices[at];
  if (office.x !== null) { stop(at); look(office.x, office.y, Math.min(view.scale, view.whole / 6)); }
  choose(at, event.currentTarget);
});
new ResizeObserver(() => look(view.x, view.y, map.classList.contains("zoomed") ? view.scale : Infinity)).observe(map);
window.addEventListener("beforeprint", () => { // on paper the map is 160 mm high, about 600 pixels
  const [, , wide, high] = map.getAttribute("viewBox").split(" ").map(Number), near = Math.min(wide, high) / 2;
  const box = map.classList.contains("zoomed") ? [view.x - near, view.y - near, 2 * near, 2 * near] : [0, -150, width, height + 300];
  map.setAttribute("viewBox", box.join(" "));
  map.style.setProperty("--s", (0.8 * Math.max(box[2] / 330, box[3] / 600)).toFixed(3));
});
window.addEventListener("afterprint", () => look(view.x, view.y, view.scale));
if (marks.size) stop([...marks.keys()].sort((a, b) => data.offices[a].y - data.offices[b].y)[0]);
zooms.whole();
paint();
