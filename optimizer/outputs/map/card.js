// Offices in words: the tip, the card and the table that is sorted and filtered.
function officeLines(office) {
  const year = now(office);
  return [office.name, modeTitle(year.mode), ...(year.mode === "closed" || shown.year ? [say(`state.${year.state}`)] : [])];
}

function placeLines(place) {
  const known = minutes(place), region = data.regions[place.region], lines = [place.name];
  if (!known) lines.push(say("legend.no_data"));
  else lines.push(say(shown.year ? "tip.change" : "tip.today", { before: number(known.before, 1), after: number(known.after, 1),
    added: (known.added > 0 ? "+" : "") + number(known.added, 1) }));
  if (!region || region.points[shown.year] === null) return lines;
  const points = { region: region.name, points: region.points[shown.year], today: number(region.points[0]) };
  return [...lines, say(shown.year ? "tip.region" : "tip.region_today", points)];
}

function showTip(lines, x, y) {
  tip.replaceChildren(element("strong", lines[0]), ...lines.slice(1).map((line) => element("div", line)));
  tip.hidden = false;
  const room = tip.parentElement.getBoundingClientRect(), above = y - room.top + 16 + tip.offsetHeight > room.height;
  tip.style.left = `${Math.min(Math.max(x - room.left + 14, 4), room.width - tip.offsetWidth - 4)}px`;
  tip.style.top = `${y - room.top + (above ? -tip.offsetHeight - 12 : 16)}px`;
}

function fillCard(office) {
  const year = now(office), today = office.years[0], top = element("div", "", "top-row"), list = element("dl");
  $("card-heading").textContent = office.name;
  top.append(element("span", say(`state.${year.state}`), `state ${year.state}`));
  for (const key of ["candidate", "estimated"]) if (office[key]) top.append(element("span", say(`card.${key}`), "badge"));
  top.append(Object.assign(element("button", say("card.close"), "close-card"), { type: "button", onclick: closeCard }));
  const pairs = { municipality: office.municipality,
    mode: today.mode === year.mode || office.candidate ? modeTitle(year.mode)
      : say("card.mode_change", { before: modeTitle(today.mode), after: modeTitle(year.mode) }),
    into: year.into, motive: year.motive, visits: number(year.visits), fte: number(year.fte, 1), cost: number(year.cost, 2),
    evidence: data.texts[`evidence.${office.evidence}`] || office.evidence };
  for (const [key, value] of Object.entries(pairs)) if (value) list.append(element("dt", say(`card.${key}`)), element("dd", value));
  const parts = [top, list];
  if (["close", "merge"].includes(year.state)) parts.push(element("p", say(year.leaves ? "card.leaves" : "card.stays"), "decision"));
  parts.push(element("h3", say("card.years")), yearTable(office));
  if (office.estimated) parts.push(element("p", say("card.estimated_help"), "small"));
  $("card-body").replaceChildren(...parts);
  $("card").classList.add("shown");
}

function yearTable(office) {
  const table = element("table"), head = element("tr"), body = element("tbody");
  ["year", "action", "visits", "fte", "cost"].forEach((key, at) => head.append(
    Object.assign(element("th", say(`short.${key}`), at > 1 ? "figure" : ""), { scope: "col" })));
  office.years.forEach((one, at) => {
    const row = element("tr", "", at === shown.year ? "now" : "");
    row.append(Object.assign(element("th", at ? data.years[at] : say("today")), { scope: "row" }),
      element("td", at ? data.texts[`action.${one.action}`] || one.action : "–"),
      ...[number(one.visits), number(one.fte, 1), number(one.cost, 2)].map((text) => element("td", text, "figure")));
    body.append(row);
  });
  table.append(element("thead"), body);
  table.tHead.append(head);
  return table;
}

let opener = null;
function point(at) {
  marks.get(shown.office)?.classList.remove("chosen");
  marks.get(at)?.classList.add("chosen");
  shown.office = at;
  hideTip();
}
function choose(at, from) {
  point(at);
  opener = from;
  fillCard(data.offices[at]);
  $("card-heading").focus({ preventScroll: true });
  $("card").scrollIntoView({ block: "nearest" });
}

function closeCard() {
  if (shown.office === null) return;
  point(null);
  $("card").classList.remove("shown");
  $("card-heading").textContent = say("card.heading");
  $("card-body").replaceChildren(element("p", say("card.hint"), "hint"));
  opener.focus();
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") (tip.hidden ? closeCard : hideTip)();
});

const rows = all("#rows tr"), heads = all("[data-column]"), sorting = { column: "office", down: false };
const digits = { visits: 0, fte: 1, cost: 2 };
function paintTable() {
  const wanted = $("filter").value, words = $("search").value.trim().toLocaleLowerCase();
  let count = 0, total = 0;
  for (const row of rows) {
    const office = data.offices[row.dataset.index], year = now(office);
    const cells = { ...year, mode: modeTitle(year.mode), action: say(`state.${year.state}`) };
    for (const key in digits) cells[key] = number(year[key], digits[key]);
    for (const cell of all("td[data-cell]", row)) cell.textContent = cells[cell.dataset.cell];
    row.hidden = year.state === "absent" || (wanted && year.state !== wanted)
      || !`${office.name} ${office.municipality}`.toLocaleLowerCase().includes(words);
    total += year.state !== "absent";
    count += !row.hidden;
  }
  const at = heads.findIndex((one) => one.dataset.column === sorting.column), sign = sorting.down ? -1 : 1;
  const value = (row) => (sorting.column in digits ? now(data.offices[row.dataset.index])[sorting.column] : row.cells[at].textContent);
  const compare = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b, data.language));
  const keyed = rows.map((row) => [value(row), row]);
  keyed.sort(([a], [b]) => (a === null || b === null ? (a === null) - (b === null) : sign * compare(a, b)));
  $("rows").append(...keyed.map(([, row]) => row));
  $("count").textContent = say("table.count", { shown: number(count), total: number(total) });
  document.querySelector("[data-column=mode] button").textContent = say("table.mode", { year: yearName() });
  document.querySelector(".scroll caption").textContent = say("table.caption", { year: yearName() });
}
for (const head of heads) head.querySelector("button").addEventListener("click", () => {
  const column = head.dataset.column;
  sorting.down = sorting.column === column ? !sorting.down : column in digits; // numbers: largest first
  sorting.column = column;
  for (const one of heads) one.setAttribute("aria-sort", one !== head ? "none" : sorting.down ? "descending" : "ascending");
  paintTable();
});
$("filter").addEventListener("change", paintTable);
$("search").addEventListener("input", paintTable);
