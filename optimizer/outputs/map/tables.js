// The same figures as tables: offices, municipalities and regions, each sorted by its headings.
const text = (value, digits) => (typeof value === "number" ? number(value, digits) : value ?? "–");
const sorter = new Intl.Collator(data.language).compare;

function accessCells(known, wide, far) {
  const found = minutes(known);
  return { before: found?.before ?? null, after: found?.after ?? null, added: found?.added ?? null, beyond30: wide, beyond60: far };
}

const tables = {
  offices: {
    digits: { visits: 0, fte: 1, cost: 2 }, size: data.sites.length, keep: selected,
    caption: () => say("table.caption", { year: yearName() }), headings: { mode: () => say("table.mode", { year: yearName() }) },
    cells: (at) => ({ ...now(at), name: data.sites[at].name, municipality: data.sites[at].municipality, mode: modeTitle(now(at).mode),
      evidence: data.sites[at].evidence, action: say(`state.${now(at).state}`), mode_today: data.sites[at].candidate ? "–" : modeTitle(yearsOf(at)[0].mode) }),
  },
  municipalities: {
    digits: { people: 0, before: 1, after: 1, added: 1, beyond30: 1, beyond60: 1 }, size: data.municipalities.length,
    keep: (at) => inSelection(data.municipalities[at]) && run().minutes[at] !== null,
    caption: () => say("areas.caption", { year: yearName(), need: data.levels[shown.need] }),
    headings: { after: () => say("areas.after", { year: yearName() }) },
    cells: (at) => { const place = data.municipalities[at]; return { ...place, region: data.regions[place.region]?.name ?? "–", county: data.counties[place.county] ?? "–",
      ...accessCells(run().minutes[at], beyond(30, at), beyond(60, at)) }; },
  },
  regions: {
    digits: { points: 0, points_today: 0, before: 1, after: 1, added: 1, beyond30: 1 }, size: Object.keys(data.regions).length,
    keep: (at) => !chosen("region") || regionCodes[at] === chosen("region"),
    caption: () => say("areas.regions_caption", { year: yearName(), need: data.levels[shown.need] }),
    headings: { after: () => say("areas.after", { year: yearName() }), points: () => say("areas.points", { year: yearName() }) },
    cells: (at) => { const own = run().regions[regionCodes[at]] ?? { points: [] }; return { name: data.regions[regionCodes[at]].name, points: own.points[shown.year] ?? null,
      points_today: own.points[0] ?? null, ...accessCells(own.minutes, own.beyond?.[shown.year][shown.need] ?? null) }; },
  },
};
const regionCodes = Object.keys(data.regions);

for (const [name, one] of Object.entries(tables)) {
  one.table = document.querySelector(`[data-table="${name}"]`);
  if (!one.table) { delete tables[name]; continue; }
  one.heads = all("[data-column]", one.table);
  if (name !== "offices") for (let at = 0; at < one.size; at += 1) {
    const row = one.table.tBodies[0].insertRow();
    row.dataset.index = at;
    one.heads.forEach((head, i) => {
      const cell = element(i ? "td" : "th", "", head.className);
      if (i) cell.dataset.cell = head.dataset.column; else cell.scope = "row";
      row.append(cell);
    });
  }
  one.rows = [...one.table.tBodies[0].rows];
  one.sorting = { column: "name", down: false };
  for (const head of one.heads) head.querySelector("button").addEventListener("click", () => {
    const { column } = head.dataset;
    one.sorting = { column, down: one.sorting.column === column ? !one.sorting.down : column in one.digits }; // numbers: largest first
    paintTable(one);
  });
}

function paintTable(one) {
  const { column, down } = one.sorting, sign = down ? -1 : 1, compare = (a, b) => (typeof a === "number" ? a - b : sorter(a, b));
  const keyed = one.rows.map((row) => {
    const at = Number(row.dataset.index), cells = one.cells(at), first = row.cells[0];
    for (const cell of all("td[data-cell]", row)) cell.textContent = text(cells[cell.dataset.cell], one.digits[cell.dataset.cell]);
    if (!first.firstElementChild) first.textContent = cells.name;
    row.hidden = !one.keep(at);
    return [cells[column] ?? null, row];
  });
  keyed.sort(([a], [b]) => (a === null || b === null ? (a === null) - (b === null) : sign * compare(a, b)));
  one.table.tBodies[0].append(...keyed.map(([, row]) => row));
  one.table.caption.textContent = one.caption();
  for (const head of one.heads) {
    const title = one.headings[head.dataset.column];
    if (title) head.firstElementChild.textContent = title();
    head.setAttribute("aria-sort", head.dataset.column !== column ? "none" : down ? "descending" : "ascending");
  }
}

function paintCount() {
  const places = data.sites.map((_, at) => at).filter(exists);
  $("nothing").hidden = places.some(selected);
  $("count").textContent = say("selection.count", { shown: number(places.filter(selected).length), total: number(places.length) });
}
