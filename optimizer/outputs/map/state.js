// What the page knows, and what it shows: one run, year, layer and level of need.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const map = $("map"), tip = $("tip"), hideTip = () => { tip.hidden = true; };
const say = (key, values = {}) => data.texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const formats = [0, 1, 2].map((digits) => new Intl.NumberFormat(data.language === "sv" ? "sv-SE" : "en-GB",
  { minimumFractionDigits: digits, maximumFractionDigits: digits }));
const number = (value, digits = 0) => (value === null || value === undefined ? "–" : formats[digits].format(value).replace("-", "−"));
const element = (tag, text = "", name = "") => Object.assign(document.createElement(tag), { textContent: text, className: name });
const drawing = (tag, name) => { const one = document.createElementNS(map.namespaceURI, tag); one.setAttribute("class", name); return one; };

const areas = all("#municipalities path");
const marks = new Map(all("#map .office").map((mark) => [Number(mark.dataset.index), mark]));
const index = new Map(data.sites.map((site, at) => [site.id, at]));
const placeOf = new Map(data.municipalities.map((place, at) => [place.code, at]));
const start = { run: 0, year: data.years.length - 1, layer: "after", need: data.default_need };
const shown = { ...start, wanted: start.layer, office: null };
const absent = { state: "absent", mode: "closed", action: "", visits: null, fte: null, cost: null, into: "", motive: "", people: null };

const run = () => data.runs[shown.run];
const yearsOf = (at) => run().offices[at]?.years ?? data.years.map(() => absent);
const now = (at) => yearsOf(at)[shown.year];
const modeTitle = (mode) => data.mode_titles[mode] || mode;
const yearName = () => (shown.year ? String(data.years[shown.year]) : say("today").toLocaleLowerCase());
const exists = (at) => now(at).state !== "absent";

const folded = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase(); // åsele and Åsele as asele

// The selection: what the controls below the year ask for.
const chosen = (id) => $(id)?.value ?? "";
const inSelection = (place) => (!chosen("region") || place?.region === chosen("region"))
  && (!chosen("county") || place?.county === chosen("county"));
function selected(at) {
  const site = data.sites[at], words = folded($("search").value.trim());
  return exists(at) && (!chosen("filter") || now(at).state === chosen("filter"))
    && inSelection(data.municipalities[placeOf.get(site.code)])
    && folded(`${site.name} ${site.municipality}`).includes(words);
}
