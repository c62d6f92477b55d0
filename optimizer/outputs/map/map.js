// The map of a run: colours, symbols, card and tables from the data block; no network, no html strings.
"use strict";
const D = JSON.parse(document.getElementById("data").textContent);
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const T = D.texts;
const put = (text, values) => text.replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
const number = (value, digits = 0) => value == null ? "–" : new Intl.NumberFormat(
  D.locale === "sv" ? "sv-SE" : "en-GB", {minimumFractionDigits: digits, maximumFractionDigits: digits}).format(value);
const node = (tag, text, name) => { const made = document.createElement(tag);
  if (text != null) made.textContent = text; if (name) made.className = name; return made; };
const drawn = (tag, attributes) => { const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const key in attributes) made.setAttribute(key, attributes[key]); return made; };
const map = $("#map"), frame = $("#frame"), tip = $("#tip"), controls = $("#controls"), filters = $("#filters");
const areas = $$("#areas path"), state = {year: 0, layer: "", need: "", chosen: null, current: null};
const modeName = mode => mode === "closed" ? D.closed : (D.modes[mode] || {title: mode}).title;
const areaName = office => office.area == null ? "" : D.municipalities[office.area];
const nowOf = office => office.years[state.year];

// ---- the offices of the map
const marks = D.offices.map((office, index) => {
  if (!office.at) return null;
  const mark = drawn("g", {transform: `translate(${office.at})`, tabindex: -1, role: "button"});
  const inner = drawn("g", {class: "mark"});
  inner.append(drawn("circle", {class: "ring", r: 14}), drawn("use", {class: "halo"}),
    drawn("use", {class: "body"}), drawn("circle", {class: "dot", r: 2}), drawn("use", {class: "sign"}));
  mark.append(inner); mark.dataset.office = index; return mark; });
const changed = D.offices.map(office => Object.values(office.years).some(year => year.state !== "keep"));
$("#offices").append(...marks.filter((mark, i) => mark && !changed[i]), ...marks.filter((mark, i) => mark && changed[i]));

function drawOffices() {
  const flows = [];
  D.offices.forEach((office, index) => {
    const mark = marks[index], now = nowOf(office); if (!mark) return;
    mark.classList.value = `office s-${now.state}`;
    mark.toggleAttribute("hidden", now.state === "none");
    const former = Object.values(office.years).filter(year => year.mode !== "closed");
    const past = Object.entries(office.years).filter(([year, one]) => +year <= state.year && one.mode !== "closed");
    const mode = now.mode !== "closed" ? now.mode : (past.length ? past.at(-1)[1] : former[0]).mode;
    const view = D.modes[mode] || {shape: "circle", dot: false};
    for (const part of [".halo", ".body"]) $(part, mark).setAttribute("href", `#shape-${view.shape}`);
    $(".sign", mark).setAttribute("href", now.state === "keep" ? "" : `#sign-${now.state}`);
    $(".dot", mark).toggleAttribute("hidden", !view.dot || now.state !== "keep" && now.state !== "convert");
    mark.setAttribute("aria-label", `${office.name}: ${D.states[now.state] || ""}, ${modeName(now.mode)}`);
    const into = now.into == null ? null : D.offices[now.into];
    if (into && into.at && now.mode === "closed") flows.push(drawn("path", {class: "flow", d: `M${office.at}L${into.at}`}));
  });
  $("#flows").replaceChildren(...flows);
  for (const row of $$(".legend [data-state]")) {
    const kind = row.dataset.state, count = D.offices.filter(office => nowOf(office).state === kind).length;
    const name = state.year === D.today && kind === "keep" ? "today" : kind;
    $("span", row).textContent = `${D.states[name]} (${number(count)})`;
    row.toggleAttribute("hidden", !count);
  }
  if (state.current == null || nowOf(D.offices[state.current]).state === "none") setCurrent(marks.findIndex((mark, i) => mark && nowOf(D.offices[i]).state !== "none"));
}

function setCurrent(index) {
  if (marks[state.current]) marks[state.current].setAttribute("tabindex", -1);
  state.current = index; if (marks[index]) marks[index].setAttribute("tabindex", 0);
}

// ---- the colours of the municipalities
const pair = index => { const rows = D.minutes[state.need][state.year]; return [rows.before[index], rows.after[index]]; };
const added = ([before, after]) => before == null || after == null ? null : after - before;
function classOf(value) {
  if (value == null) return "none";
  if (state.layer !== "added") return `m${D.breaks.minutes.filter(limit => value >= limit).length}`;
  if (Math.abs(value) < D.breaks.unchanged) return "same";
  return value < 0 ? "less" : `a${D.breaks.added.filter(limit => value >= limit).length}`;
}
function drawAreas() {
  areas.forEach((area, index) => { const [before, after] = pair(index);
    area.setAttribute("class", classOf({before, after, added: added([before, after])}[state.layer])); });
  const limits = state.layer === "added" ? D.breaks.added : D.breaks.minutes, letter = state.layer === "added" ? "a" : "m";
  const L = T["map.legend"], items = limits.map((to, i) => [`${letter}${i}`,
    i ? put(L.between, {from: limits[i - 1], to}) : put(L.under, {to})]);
  items.push([`${letter}${limits.length}`, put(L.over, {from: limits.at(-1)})]);
  if (state.layer === "added") items.unshift(["less", L.shorter], ["same", L.unchanged]);
  if (areas.some(area => area.getAttribute("class") === "none")) items.push(["none", L.no_data]);
  $("#classes").replaceChildren(...items.map(([name, text]) => { const item = node("li");
    const box = drawn("svg", {viewBox: "0 0 10 10", "aria-hidden": true}); box.append(drawn("rect", {width: 10, height: 10, class: name}));
    item.append(box, node("span", text)); return item; }));
  $("#classes-heading").textContent = state.layer === "added" ? L.added : L[`minutes_${state.layer}`];
  const C = T["map.caption"]; $("#shown").textContent = put(C.shown, {layer: put(C[state.layer], {year: state.year}),
    need: D.needs[state.need], year: state.year});
  drawAreaTable();
}
function drawAreaTable() {
  const table = $("#areas-table"), order = D.municipalities.map((_, i) => i)
    .sort((a, b) => D.municipalities[a].localeCompare(D.municipalities[b], D.locale));
  $("caption", table).textContent = put(T["map.areas"].caption, {need: D.needs[state.need], year: state.year});
  $("tbody", table).replaceChildren(...order.map(index => { const row = node("tr"), name = node("th", D.municipalities[index]);
    name.scope = "row"; const [before, after] = pair(index);
    row.append(name, ...[before, after, added([before, after])].map(value => node("td", number(value, 1), "number"))); return row; }));
}

// ---- zoom and pan: the view is a centre and a width; the height follows the frame
const [, , WIDTH, HEIGHT] = map.getAttribute("viewBox").split(" ").map(Number), view = {};
const ratio = () => frame.clientHeight / Math.max(frame.clientWidth, 1);
const widest = () => Math.max(WIDTH, HEIGHT / ratio());
function show(x, y, width) {
  view.width = Math.min(Math.max(width, 150), widest());
  view.x = Math.min(Math.max(x, 0), WIDTH); view.y = Math.min(Math.max(y, 0), HEIGHT);
  if (view.width === widest()) Object.assign(view, {x: WIDTH / 2, y: HEIGHT / 2});
  const height = view.width * ratio();
  map.setAttribute("viewBox", [view.x - view.width / 2, view.y - height / 2, view.width, height].map(part => part.toFixed(1)).join(" "));
  const near = Math.min(Math.max(1 + Math.log2(widest() / view.width) * 0.12, 1), 1.5);
  map.style.setProperty("--unit", view.width / Math.max(frame.clientWidth, 1) * near * Math.min(frame.clientWidth / 520, 1) ** 0.4);
  frame.classList.toggle("near", view.width < widest());
}
const whole = () => show(WIDTH / 2, HEIGHT / 2, Infinity);
function zoom(factor, x = view.x, y = view.y) {
  const width = Math.min(Math.max(view.width * factor, 150), widest()), kept = width / view.width;
  show(x + (view.x - x) * kept, y + (view.y - y) * kept, width);
}
const perPixel = () => view.width / frame.clientWidth;
function placeOf(event) { const box = frame.getBoundingClientRect();
  return [view.x + (event.clientX - box.left - box.width / 2) * perPixel(), view.y + (event.clientY - box.top - box.height / 2) * perPixel()]; }
map.addEventListener("wheel", event => {
  if (event.deltaY > 0 && view.width >= widest()) return; // let the page scroll
  event.preventDefault(); zoom(Math.exp(Math.sign(event.deltaY) * 0.22), ...placeOf(event));
}, {passive: false});
const fingers = new Map(); let moved = 0;
map.addEventListener("pointerdown", event => { if (!fingers.size) moved = 0; fingers.set(event.pointerId, event); });
window.addEventListener("pointermove", event => {
  const before = fingers.get(event.pointerId); if (!before) return;
  const others = [...fingers.values()].filter(finger => finger.pointerId !== event.pointerId);
  if (others.length) { const gap = finger => Math.hypot(finger.clientX - others[0].clientX, finger.clientY - others[0].clientY);
    zoom(gap(before) / Math.max(gap(event), 1), ...placeOf(others[0])); moved = 99;
  } else { const dx = event.clientX - before.clientX, dy = event.clientY - before.clientY; moved += Math.hypot(dx, dy);
    if (moved > 4) show(view.x - dx * perPixel(), view.y - dy * perPixel(), view.width); }
  fingers.set(event.pointerId, event);
});
for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, event => fingers.delete(event.pointerId));
for (const button of $$("[data-zoom], [data-town]")) button.addEventListener("click", () => {
  const town = D.towns[button.dataset.town], how = button.dataset.zoom;
  if (town) show(town[0], town[1], town[2] * Math.max(1, 1 / ratio())); else if (how === "whole") whole(); else zoom(how === "in" ? 0.6 : 1 / 0.6); });
new ResizeObserver(() => view.width ? show(view.x, view.y, frame.classList.contains("near") ? view.width : Infinity) : whole()).observe(frame);

// ---- keyboard: one tab stop, arrows between offices
const DIRECTIONS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
function neighbour(index, [dx, dy]) {
  const from = D.offices[index].at; let best = index, least = Infinity;
  D.offices.forEach((office, other) => {
    if (other === index || !office.at || nowOf(office).state === "none") return;
    const x = office.at[0] - from[0], y = office.at[1] - from[1], along = x * dx + y * dy, across = Math.abs(x * dy) + Math.abs(y * dx);
    if (along <= 0 || across > along * 1.5) return;
    if (along + across * 2 < least) { least = along + across * 2; best = other; }
  });
  return best;
}
function focusOffice(index) {
  setCurrent(index); const [x, y] = D.offices[index].at, height = view.width * ratio();
  if (Math.abs(x - view.x) > view.width * 0.47 || Math.abs(y - view.y) > height * 0.47) show(x, y, view.width);
  marks[index].focus({preventScroll: true});
}
map.addEventListener("keydown", event => {
  const direction = DIRECTIONS[event.key], office = event.target.closest(".office");
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (direction && event.shiftKey) show(view.x + direction[0] * view.width * 0.15, view.y + direction[1] * view.width * 0.15, view.width);
  else if (direction && office) focusOffice(neighbour(+office.dataset.office, direction));
  else if (event.key === "+" || event.key === "=") zoom(0.6, ...D.offices[state.current].at);
  else if (event.key === "-") zoom(1 / 0.6);
  else if (event.key === "0") whole();
  else if ((event.key === "Enter" || event.key === " ") && office) openCard(+office.dataset.office);
  else return;
  event.preventDefault();
});

// ---- tooltips, for the pointer and for the focused office
function tipLines(target) {
  const office = target.closest && target.closest(".office"), t = T["map.tip"];
  if (office) { const one = D.offices[+office.dataset.office], now = nowOf(one);
    return [one.name, state.year === D.today ? modeName(now.mode) : `${D.states[now.state]} · ${modeName(now.mode)}`]; }
  const index = areas.indexOf(target); if (index < 0) return null;
  const name = D.municipalities[index], [before, after] = pair(index), texts = {name, before: number(before, 1), after: number(after, 1)};
  const lines = [put(state.year === D.today ? t.municipality_today : t.municipality, texts)];
  const region = D.regions && D.regions.of[index], points = region == null ? {} : D.regions.points[region];
  if (state.year in points) lines.push(put(state.year === D.today || points[D.today] == null ? t.region_today : t.region,
    {region: D.regions.names[region], points: points[state.year], today: points[D.today]}));
  return lines;
}
function showTip(target, x, y) {
  const lines = tipLines(target); tip.hidden = !lines; if (!lines) return;
  tip.replaceChildren(...lines.map((line, i) => node(i ? "span" : "strong", line)));
  tip.style.left = `${Math.max(4, Math.min(x + 14, frame.clientWidth - tip.offsetWidth - 4))}px`;
  tip.style.top = `${y + 18 + tip.offsetHeight > frame.clientHeight ? y - tip.offsetHeight - 12 : y + 18}px`;
}
map.addEventListener("pointermove", event => { if (event.pointerType !== "mouse") return;
  const box = frame.getBoundingClientRect(); showTip(event.target, event.clientX - box.left, event.clientY - box.top); });
map.addEventListener("pointerleave", () => { tip.hidden = true; });
map.addEventListener("focusin", event => { if (!event.target.matches(":focus-visible")) return;
  const box = frame.getBoundingClientRect(), at = event.target.getBoundingClientRect();
  showTip(event.target, at.left + at.width / 2 - box.left, at.top + at.height / 2 - box.top); });
map.addEventListener("focusout", () => { tip.hidden = true; });
map.addEventListener("click", event => { const office = event.target.closest(".office");
  if (office && moved <= 4) { setCurrent(+office.dataset.office); openCard(+office.dataset.office); } });

// ---- the card of an office
let opener = null;
function openCard(index, focus = true) {
  const office = D.offices[index], now = nowOf(office), first = office.years[D.today], C = T["map.card"];
  if (focus) opener = document.activeElement;
  state.chosen = index; marks.forEach((mark, i) => mark && mark.classList.toggle("chosen", i === index));
  $("#card").classList.add("open"); $("#card-name").textContent = office.name;
  const badges = node("p", null, "badges");
  if (state.year !== D.today) badges.append(node("span", D.states[now.state], `badge s-${now.state}`));
  if (office.candidate) badges.append(node("span", C.candidate, "badge"));
  if (office.estimated) badges.append(node("span", C.estimated, "badge estimated"));
  badges.append(node("span", T.evidence[office.evidence] || office.evidence, `badge ${office.evidence}`));
  const list = node("dl"), add = (term, text) => { if (text) { const row = node("div"); row.append(node("dt", term), node("dd", text)); list.append(row); } };
  add(C.municipality, areaName(office));
  add(C.mode, first.mode === now.mode ? modeName(now.mode) : put(C.mode_change, {before: modeName(first.mode), after: modeName(now.mode)}));
  add(C.into, now.into == null ? "" : D.offices[now.into].name); add(C.motive, now.motive);
  const table = node("table"), head = node("tr"), body = node("tbody");
  table.append(node("caption", C.years), node("thead"), body); $("thead", table).append(head);
  [T["map.table"].action, C.visits, T["map.table"].fte, C.cost].forEach((text, i) => { const cell = node("th", text, i ? "number" : null); cell.scope = "col"; head.append(cell); });
  const corner = node("td"); head.prepend(corner);
  for (const year of Object.keys(office.years)) { const one = office.years[year], row = node("tr", null, +year === state.year ? "current" : null);
    const name = node("th", year); name.scope = "row";
    row.append(name, node("td", one.action ? T.action[one.action] || one.action : "–"), node("td", number(one.visits), "number"),
      node("td", number(one.fte, 1), "number"), node("td", number(one.cost, 1), "number")); body.append(row); }
  const parts = [badges, list, table];
  if (now.mode === "closed" && now.leaves != null) parts.push(node("p", now.leaves ? C.leaves : C.stays, "leaves"));
  if (office.estimated) parts.push(node("p", C.estimated_help, "fine"));
  const close = node("button", C.close), locate = node("button", C.show); close.type = locate.type = "button";
  close.addEventListener("click", closeCard);
  locate.addEventListener("click", () => { show(...office.at, Math.min(view.width, 1200)); frame.scrollIntoView({block: "nearest"}); focusOffice(index); });
  const buttons = node("p", null, "buttons"); if (office.at) buttons.append(locate); buttons.append(close);
  $("#card-body").replaceChildren(...parts, buttons);
  if (focus) { $("#card-name").focus({preventScroll: true}); $("#card").scrollIntoView({block: "nearest"}); }
}
function closeCard() {
  state.chosen = null; $("#card").classList.remove("open"); $$(".chosen").forEach(mark => mark.classList.remove("chosen"));
  $("#card-name").textContent = T["map.card"].heading; $("#card-body").replaceChildren(node("p", T["map.card"].hint));
  if (opener && opener.isConnected) opener.focus();
}
$("#card").addEventListener("keydown", event => { if (event.key === "Escape" && state.chosen != null) closeCard(); });

// ---- the table of offices
const rows = $$("#rows tbody tr"), sorted = {column: "office", down: false};
const cells = index => { const office = D.offices[index], now = nowOf(office); return {office: office.name, municipality: areaName(office),
  mode_today: modeName(office.years[D.today].mode), mode: modeName(now.mode), action: D.states[now.state] || "–",
  into: now.into == null ? "" : D.offices[now.into].name, visits: now.visits, fte: now.fte, cost: now.cost,
  evidence: T.evidence[office.evidence] || office.evidence}; };
const DIGITS = {visits: 0, fte: 1, cost: 1}, COLUMNS = $$("#rows thead button").map(button => button.dataset.column);
function drawTable() {
  const values = D.offices.map((_, index) => cells(index)), words = filters.search.value.trim().toLocaleLowerCase(D.locale); let count = 0;
  for (const row of rows) { const index = +row.dataset.office, value = values[index];
    COLUMNS.forEach((column, i) => { if (i) row.cells[i].textContent = column in DIGITS ? number(value[column], DIGITS[column]) : value[column]; });
    const fits = (!filters.state.value || nowOf(D.offices[index]).state === filters.state.value)
      && `${value.office} ${value.municipality}`.toLocaleLowerCase(D.locale).includes(words);
    row.hidden = !fits; count += fits; }
  const by = row => values[+row.dataset.office][sorted.column], sign = sorted.down ? -1 : 1;
  rows.sort((a, b) => { const x = by(a), y = by(b); if (x == null || y == null) return (x == null) - (y == null);
    return sign * (typeof x === "number" ? x - y : x.localeCompare(y, D.locale)); });
  $("#rows tbody").append(...rows); const t = T["map.table"];
  $("#count").textContent = put(t.count, {shown: number(count), total: number(rows.length)});
  $("#rows caption").textContent = put(t.caption, {year: state.year}); $("#rows [data-column=mode]").textContent = put(t.mode, {year: state.year});
}
for (const button of $$("#rows thead button")) button.addEventListener("click", () => {
  const column = button.dataset.column; sorted.down = sorted.column === column ? !sorted.down : column in DIGITS; sorted.column = column;
  for (const head of $$("#rows thead th")) head.setAttribute("aria-sort", head.contains(button) ? sorted.down ? "descending" : "ascending" : "none");
  drawTable(); });
$("#rows tbody").addEventListener("click", event => { const row = event.target.closest("tr"), button = event.target.closest("button");
  if (button) openCard(+row.dataset.office); });
filters.addEventListener("input", drawTable); filters.addEventListener("submit", event => event.preventDefault());

// ---- controls: one year, layer and need for the whole page
let wanted = controls.layer.value;
function update(event) {
  if (event && event.target.name === "layer") wanted = controls.layer.value;
  state.year = +controls.year.value; state.need = controls.need.value;
  const today = state.year === D.today; state.layer = today ? "before" : wanted;
  for (const radio of controls.layer) { radio.disabled = today && radio.value !== "before"; radio.checked = radio.value === state.layer; }
  for (const place of $$("[data-year]")) place.textContent = state.year;
  for (const tile of $$("[data-figure]")) { const [value, note] = D.figures[tile.dataset.figure][state.year];
    $("b", tile).textContent = value; $("small", tile).textContent = note; }
  drawAreas(); drawOffices(); drawTable(); if (state.chosen != null) openCard(state.chosen, false);
}
controls.addEventListener("change", update); controls.addEventListener("submit", event => event.preventDefault());
document.documentElement.classList.add("script"); update();
