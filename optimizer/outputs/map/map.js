// What the page shows: one year, one layer and one level of need for map, figures and legend.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const map = $("map"), tip = $("tip"), hideTip = () => { tip.hidden = true; };
const say = (key, values = {}) => data.texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const formats = [0, 1, 2].map((digits) => new Intl.NumberFormat(data.language === "sv" ? "sv-SE" : "en-GB",
  { minimumFractionDigits: digits, maximumFractionDigits: digits }));
const number = (value, digits = 0) => (value === null ? "–" : formats[digits].format(value).replace("-", "−"));
const element = (tag, text = "", name = "") => Object.assign(document.createElement(tag), { textContent: text, className: name });
const areas = all("#municipalities path");
const marks = new Map(all("#map .office").map((mark) => [Number(mark.dataset.index), mark]));
const index = new Map(data.offices.map((office, at) => [office.id, at]));
const shown = { year: data.years.length - 1, layer: "after", wanted: "after", need: data.default_need, office: null };
const now = (office) => office.years[shown.year];
const modeTitle = (mode) => data.mode_titles[mode] || mode;
const yearName = () => (shown.year ? String(data.years[shown.year]) : say("today").toLocaleLowerCase());

function minutes(place) {
  if (!place.minutes) return null;
  const before = place.minutes.before[shown.need];
  const after = shown.year ? place.minutes.after[shown.year - 1][shown.need] : before;
  return before === null || after === null ? null : { before, after, added: Math.round((after - before) * 10) / 10 };
}

function paintMunicipalities() {
  const scale = shown.layer === "added" ? "added" : "minutes";
  $("country").setAttribute("class", scale);
  areas.forEach((area, at) => {
    const known = minutes(data.municipalities[at]);
    const step = known && data.breaks[scale].filter((least) => known[shown.layer] >= least).length;
    area.setAttribute("class", known ? `c${step}` : "none");
  });
  for (const one of all(".scale")) one.hidden = one.dataset.scale !== scale;
  all(`[data-scale="${scale}"] h3`)[0].textContent = say(scale === "added" ? "legend.added" : `legend.minutes_${shown.layer}`);
}

function paintOffices() {
  const order = { convert: 1, open: 1, merge: 2, close: 2 }, counts = {};
  data.offices.forEach((office, at) => {
    const year = now(office), mark = marks.get(at);
    counts[year.state] = (counts[year.state] || 0) + 1;
    if (!mark) return;
    const open = office.years.findLast((one, i) => i <= shown.year && one.mode !== "closed") || year;
    const sign = data.modes[open.mode] || { shape: "", dot: false };
    mark.setAttribute("class", `office ${year.state}${shown.office === at ? " chosen" : ""}`);
    mark.setAttribute("aria-label", officeLines(office).join(", "));
    for (const part of all(".halo, .body", mark)) part.setAttribute("d", sign.shape);
    mark.querySelector(".dot").setAttribute("visibility", sign.dot ? "visible" : "hidden");
    mark.querySelector(".glyph").setAttribute("d", data.glyphs[year.state] || "");
  });
  const weight = (at) => order[now(data.offices[at]).state] || 0; // what has changed lies on top
  if (!map.contains(document.activeElement)) for (const [, mark] of [...marks].sort(([a], [b]) => weight(a) - weight(b))) $("marks").append(mark);
  $("flows").setAttribute("d", data.offices.map((office) => {
    const to = now(office).state === "merge" && data.offices[index.get(now(office).into_id)];
    return !to || office.x === null || to.x === null ? "" : `M${office.x} ${office.y}L${to.x} ${to.y}`;
  }).join(""));
  for (const one of all("#states [data-state]")) {
    one.hidden = !counts[one.dataset.state];
    one.querySelector(".count").textContent = number(counts[one.dataset.state] || 0);
  }
  document.querySelector(".flow-key").hidden = !counts.merge;
}

function paint() {
  shown.layer = shown.year ? shown.wanted : "before"; // today there is no after
  for (const one of all('[name="layer"]')) {
    one.disabled = !shown.year && one.value !== "before";
    one.checked = one.value === shown.layer;
  }
  for (const tile of all("[data-figure]")) {
    for (const part of ["values", "under"]) tile.querySelector(`[data-part=${part}]`).textContent = JSON.parse(tile.dataset[part])[shown.year];
  }
  paintMunicipalities();
  paintOffices();
  paintTable();
  if (current !== null && now(data.offices[current]).state === "absent") stopNear(data.offices[current]);
  if (shown.office !== null) fillCard(data.offices[shown.office]);
  const layer = say(`caption.${shown.layer}`, { year: yearName() });
  $("caption").textContent = say("caption.shown", { layer, need: data.needs[shown.need], year: yearName() });
  hideTip();
}
for (const one of all('[name="year"]')) one.addEventListener("change", () => { shown.year = Number(one.value); paint(); });
for (const one of all('[name="layer"]')) one.addEventListener("change", () => { shown.wanted = one.value; paint(); });
$("need").addEventListener("change", () => { shown.need = Number($("need").value); paint(); });
