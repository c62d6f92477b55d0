// The keyboard on the map: one tab stop, arrows from office to office.
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
  const here = data.sites[current];
  let best = current, least = Infinity;
  for (const at of marks.keys()) {
    const there = data.sites[at], x = there.x - here.x, y = there.y - here.y;
    const cost = Math.hypot(x, y) + 2 * (Math.abs(x * dy) + Math.abs(y * dx));
    if (selected(at) && x * dx + y * dy > 0 && cost < least) { least = cost; best = at; }
  }
  return best;
}

map.addEventListener("focusin", (event) => {
  const mark = event.target.closest(".office");
  if (!mark) return;
  stop(Number(mark.dataset.index));
  const site = data.sites[current], box = map.getBoundingClientRect(), [x, y] = onScreen(site);
  if (between(box.left + 20, x, box.right - 20) !== x || between(box.top + 20, y, box.bottom - 20) !== y) look(site.x, site.y, view.scale);
  if (mark.matches(":focus-visible")) showTip(officeLines(current), ...onScreen(site));
});
map.addEventListener("keydown", (event) => {
  const arrow = arrows[event.key], step = 80 * view.scale;
  if (event.ctrlKey || event.metaKey || event.altKey || current === null) return;
  if (arrow && event.shiftKey) look(view.x + arrow[0] * step, view.y + arrow[1] * step, view.scale);
  else if (arrow) { stop(neighbour(arrow)); marks.get(current).focus({ preventScroll: true }); }
  else if (event.key === "Enter" || event.key === " ") choose(current, marks.get(current));
  else if (["+", "=", "-"].includes(event.key)) zoom(event.key === "-" ? 1 / 1.6 : 1.6, ...onScreen(data.sites[current]));
  else if (event.key === "0") lookAtAll();
  else return;
  event.preventDefault();
});
