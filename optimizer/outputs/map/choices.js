// The controls: what each changes, and the painting of everything that depends on them.
function paint() {
  shown.layer = !shown.year && ["after", "added"].includes(shown.wanted) ? "before" : shown.wanted; // today there is no after
  $("layer").value = shown.layer;
  for (const one of $("layer").options) one.disabled = !shown.year && ["after", "added"].includes(one.value);
  for (const one of all("[data-run]")) one.hidden = Number(one.dataset.run) !== shown.run;
  for (const one of all("[data-need]")) one.hidden = Number(one.dataset.need) !== shown.need;
  for (const one of all("[data-year]")) one.classList.toggle("now", Number(one.dataset.year) === shown.year);
  for (const tile of all("[data-figure]")) {
    for (const part of ["values", "under"]) tile.querySelector(`[data-part=${part}]`).textContent = JSON.parse(tile.dataset[part])[shown.year];
  }
  paintAreas();
  paintOffices();
  paintTable(tables.offices);
  paintCount();
  if (marks.size && (current === null || !selected(current))) stopNear(data.sites[current ?? marks.keys().next().value]);
  if (shown.office !== null) fillCard(shown.office);
  const layer = say(`caption.${shown.layer}`, { year: yearName() }), key = shown.layer === "points" ? "caption.shown_points" : "caption.shown";
  $("caption").textContent = say(key, { layer, need: data.needs[shown.need], year: yearName() });
  $("clear").hidden = !filters.some((id) => chosen(id));
  hideTip();
  later.stale = true;
  settle();
}

// What lies further down the page is painted when the map has come to rest.
function later() {
  if (!later.stale) return;
  later.stale = false;
  paintInsets();
  for (const one of [tables.municipalities, tables.regions]) if (one) paintTable(one);
}

const filters = ["filter", "region", "county", "search"];
for (const one of all('[name="year"]')) one.addEventListener("change", () => { shown.year = Number(one.value); paint(); });
$("layer").addEventListener("change", () => { shown.wanted = $("layer").value; paint(); });
$("need").addEventListener("change", () => { shown.need = Number($("need").value); paint(); });
$("run")?.addEventListener("change", () => { shown.run = Number($("run").value); paint(); });
$("filter").addEventListener("change", paint);
$("search").addEventListener("input", paint);
for (const id of ["region", "county"]) $(id)?.addEventListener("change", () => { paint(); lookAtSelection(); });
$("clear").addEventListener("click", () => {
  for (const id of filters) if ($(id)) $(id).value = "";
  paint();
  lookHome();
  $("search").focus();
});
$("nothing").querySelector("button").addEventListener("click", () => $("clear").click());
for (const form of all("form")) form.addEventListener("submit", (event) => {
  event.preventDefault();
  const words = $("search").value.trim(), found = data.sites.map((_, at) => at).filter(selected);
  const alike = (same) => found.find((one) => same(data.sites[one].name) === same(words));
  const at = alike((name) => name.toLowerCase()) ?? alike(folded) ?? found[0];
  if (words && at !== undefined) show(at, $("search"));
});

function show(at, from) { // bring an office into view and open its card
  const site = data.sites[at];
  if (marks.has(at)) look(site.x, site.y, Math.min(view.scale, view.whole / 6));
  choose(at, from);
}
for (const row of tables.offices.rows) row.querySelector("button").addEventListener("click", (event) => show(Number(row.dataset.index), event.currentTarget));
for (const one of all(".inset")) one.addEventListener("click", () => {
  const [x, y, wide, high] = one.dataset.box.split(" ").map(Number);
  lookAt({ x, y, width: wide, height: high });
  stopNear({ x: x + wide / 2, y: y + high / 2 });
});
const zooms = { in: () => zoom(1.6), out: () => zoom(1 / 1.6), whole: lookAtAll };
for (const one of all("[data-zoom]")) one.addEventListener("click", zooms[one.dataset.zoom]);
