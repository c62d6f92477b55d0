// What part of the country is seen: zoom and pan, by the pointer and by fingers.
const [width, height] = data.frame, view = { x: width / 2, y: height / 2, scale: 1, whole: 1, home: true }; // scale: map units a pixel
const between = (least, value, most) => Math.min(Math.max(value, least), most);
const zoomed = () => map.classList.contains("zoomed");

function look(x, y, scale) {
  const box = map.getBoundingClientRect();
  if (!box.width) return;
  view.home = false;
  view.whole = Math.max(width / box.width, height / box.height) * 1.03;
  view.scale = between(view.whole / 60, scale, view.whole);
  const near = view.scale < view.whole * 0.98; // then the middle may be anywhere in the country
  view.x = near ? between(0, x, width) : width / 2;
  view.y = near ? between(0, y, height) : height / 2;
  const wide = box.width * view.scale, high = box.height * view.scale;
  map.setAttribute("viewBox", [view.x - wide / 2, view.y - high / 2, wide, high].map((one) => one.toFixed(1)).join(" "));
  map.style.setProperty("--s", (view.scale * signSize()).toFixed(3));
  map.style.setProperty("--t", view.scale.toFixed(3));
  map.classList.toggle("zoomed", near);
  hideTip();
  settle();
}
const signSize = () => between(0.8, 0.8 + 0.22 * Math.log2(view.whole / view.scale), 1.7);

function zoom(factor, x, y) {
  const box = map.getBoundingClientRect(), scale = between(view.whole / 60, view.scale / factor, view.whole);
  const step = x === undefined ? 0 : view.scale - scale; // the point under the pointer stays
  look(view.x + (x - box.left - box.width / 2 || 0) * step, view.y + (y - box.top - box.height / 2 || 0) * step, scale);
}

function lookAt({ x, y, width: wide, height: high }) { // a part of the map, as large as it fits
  const box = map.getBoundingClientRect();
  look(x + wide / 2, y + high / 2, Math.max(wide / box.width, high / box.height) * 1.08);
}
const lookAtAll = () => look(width / 2, height / 2, Infinity);
function lookHome() { // where the network lies, which may be the whole country
  if (data.home) lookAt(data.home); else lookAtAll();
  view.home = true;
}
function lookAtSelection() {
  const boxes = areas.filter((_, at) => inSelection(data.municipalities[at])).map((area) => area.getBBox());
  if (!boxes.length || boxes.length === areas.length) { lookHome(); return; }
  const x = Math.min(...boxes.map((one) => one.x)), y = Math.min(...boxes.map((one) => one.y));
  lookAt({ x, y, width: Math.max(...boxes.map((one) => one.x + one.width)) - x, height: Math.max(...boxes.map((one) => one.y + one.height)) - y });
}

let settling = 0; // names and the address follow when the map has come to rest
function settle() {
  clearTimeout(settling);
  settling = setTimeout(() => { paintNames(); later(); writeLink(); }, 120);
}

function onScreen(site) {
  const box = map.getBoundingClientRect();
  return [box.left + box.width / 2 + (site.x - view.x) / view.scale, box.top + box.height / 2 + (site.y - view.y) / view.scale];
}

function nearest(x, y, within = 15) {
  let best = null;
  for (const at of marks.keys()) {
    const [px, py] = onScreen(data.sites[at]), distance = Math.hypot(px - x, py - y);
    if (selected(at) && distance < within) { within = distance; best = at; }
  }
  return best;
}

function tell(event, at) {
  const place = areas.indexOf(event.target), lines = at !== null ? officeLines(at) : place >= 0 && placeLines(place);
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
  else choose(at, marks.get(at));
});
