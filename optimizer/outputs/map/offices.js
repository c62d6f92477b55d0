// The offices on the map: their signs, and the lines from closed offices to those that receive.
const order = { convert: 1, open: 1, merge: 2, close: 2 };
const flowsNow = () => run().flows[shown.year].filter(([from, to]) => marks.has(from) && marks.has(to));
const line = ([from, to]) => `M${data.sites[from].x} ${data.sites[from].y}L${data.sites[to].x} ${data.sites[to].y}`;

function officeLines(at) {
  const year = now(at), site = data.sites[at];
  return [site.name, modeTitle(year.mode), ...(year.mode === "closed" || shown.year ? [say(`state.${year.state}`)] : [])];
}

function paintOffices() {
  const counts = {};
  data.sites.forEach((site, at) => {
    const year = now(at), mark = marks.get(at);
    counts[year.state] = (counts[year.state] || 0) + 1;
    if (!mark) return;
    const open = yearsOf(at).findLast((one, i) => i <= shown.year && one.mode !== "closed") || year;
    const sign = data.modes[open.mode] || { shape: "", dot: false };
    mark.setAttribute("class", `office ${selected(at) ? year.state : "absent"}${shown.office === at ? " chosen" : ""}`);
    mark.setAttribute("aria-label", officeLines(at).join(", "));
    for (const part of all(".halo, .body", mark)) part.setAttribute("d", sign.shape);
    mark.querySelector(".dot").setAttribute("visibility", sign.dot ? "visible" : "hidden");
    mark.querySelector(".glyph").setAttribute("d", data.glyphs[year.state] || "");
  });
  const weight = (at) => order[now(at).state] || 0; // what has changed lies on top
  if (!map.contains(document.activeElement)) for (const [, mark] of [...marks].sort(([a], [b]) => weight(a) - weight(b))) $("marks").append(mark);
  for (const one of all("#states [data-state]")) {
    one.hidden = !counts[one.dataset.state];
    one.querySelector(".count").textContent = number(counts[one.dataset.state] || 0);
  }
  paintFlows();
}

function paintFlows() {
  const flows = flowsNow().filter(([from]) => selected(from)), widths = [0, 1000, 3000];
  const own = flowsNow().filter((one) => one.slice(0, 2).includes(shown.office));
  widths.forEach((least, at) => {
    const drawn = flows.filter(([, , visits]) => visits >= least && !(visits >= widths[at + 1]));
    map.querySelector(`.flow.w${at}`).setAttribute("d", drawn.map(line).join(""));
  });
  map.querySelector(".flow.chosen").setAttribute("d", own.map(line).join(""));
  document.querySelector(".flow-key").hidden = !flowsNow().length;
}
