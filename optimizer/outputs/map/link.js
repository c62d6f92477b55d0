// The address: #office=o029&year=2026&layer=added&need=2&run=base&county=25&view=x,y,zoom.
let followed = location.hash; // what the page has read or written; another one is on its way to be read
function writeLink() {
  if (location.hash !== followed) return;
  const said = new URLSearchParams();
  const put = (key, value) => { if (value) said.set(key, value); };
  put("office", data.sites[shown.office]?.id);
  if (shown.run !== start.run) put("run", data.names[shown.run]);
  if (shown.year !== start.year) put("year", data.years[shown.year]);
  if (shown.layer !== start.layer) put("layer", shown.layer);
  if (shown.need !== start.need) put("need", data.levels[shown.need]);
  for (const id of filters) put(id === "filter" ? "action" : id, chosen(id));
  if (!view.home && (zoomed() || data.home)) put("view", [view.x.toFixed(), view.y.toFixed(), (view.whole / view.scale).toFixed(1)].join(","));
  const hash = String(said);
  if (hash !== location.hash.slice(1)) history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  followed = location.hash;
}

function readLink() {
  const said = new URLSearchParams(location.hash.slice(1)), place = (list, key) => list.map(String).indexOf(said.get(key));
  const known = (list, key, otherwise) => (place(list, key) >= 0 ? place(list, key) : otherwise);
  shown.run = known(data.names, "run", start.run);
  shown.year = known(data.years, "year", start.year);
  shown.need = known(data.levels, "need", start.need);
  shown.wanted = Object.hasOwn(data.layers, said.get("layer") ?? "") ? said.get("layer") : start.layer;
  $("need").value = shown.need;
  if ($("run")) $("run").value = shown.run;
  document.querySelector(`[name="year"][value="${shown.year}"]`).checked = true;
  for (const id of filters) if ($(id)) $(id).value = said.get(id === "filter" ? "action" : id) ?? "";
  const office = index.get(said.get("office")) ?? null, [x, y, near] = (said.get("view") ?? "").split(",").map(Number);
  if (office === null) closeCard(); else { opener = marks.get(office) ?? $("search"); point(office); }
  paint();
  if (office !== null && marks.has(office)) stop(office);
  lookHome();
  if (near >= 1 && !Number.isNaN(x + y)) look(x, y, view.whole / near);
  else if (office !== null && marks.has(office)) look(data.sites[office].x, data.sites[office].y, Math.min(view.scale, view.whole / 4));
  else lookAtSelection();
}

const lookAgain = () => (view.home ? lookHome() : look(view.x, view.y, zoomed() ? view.scale : Infinity));
new ResizeObserver(lookAgain).observe(map);
const paper = { width: 340, height: 748 }; // pixels of the map on paper, 198 mm high
window.addEventListener("beforeprint", () => {
  later(); // printed before the map has come to rest, the insets and tables are there all the same
  const [, , wide, high] = map.getAttribute("viewBox").split(" ").map(Number), near = Math.min(wide, high);
  const scale = zoomed() ? near / paper.width : Math.max(width / paper.width, height / paper.height) * 1.03;
  const [across, down] = [paper.width * scale, paper.height * scale];
  map.setAttribute("viewBox", [view.x - across / 2, view.y - down / 2, across, down].join(" "));
  map.style.setProperty("--s", (0.8 * scale).toFixed(3));
  map.style.setProperty("--t", (0.8 * scale).toFixed(3));
  paintNames({ ...paper, x: view.x, y: view.y, scale, sign: 0.9 });
});
window.addEventListener("afterprint", lookAgain);
const linked = () => location.hash.includes("="); // and not to a part of the page
window.addEventListener("hashchange", () => { followed = location.hash; if (linked()) readLink(); });
if (marks.size) stop([...marks.keys()].sort((a, b) => data.sites[a].y - data.sites[b].y)[0]);
lookHome();
if (linked()) readLink(); else paint();
