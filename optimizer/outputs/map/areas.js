// The colours of the municipalities, in classes that are the same in every year and run.
function minutes(known) {
  if (!known) return null;
  const before = known.before[shown.need], after = shown.year ? known.after[shown.year - 1][shown.need] : before;
  return before === null || after === null ? null : { before, after, added: Math.round((after - before) * 10) / 10 };
}
const beyond = (limit, at) => run().beyond[limit][at]?.[shown.year][shown.need] ?? null;
const points = (region) => run().regions[region]?.points[shown.year] ?? null;

function areaValue(at) {
  if (shown.layer === "points") return points(data.municipalities[at].region);
  if (shown.layer.startsWith("beyond")) return beyond(shown.layer.slice(-2), at);
  return minutes(run().minutes[at])?.[shown.layer] ?? null;
}

function paintAreas() {
  const scale = data.layers[shown.layer];
  $("country").setAttribute("class", `${scale}${chosen("region") || chosen("county") ? " partly" : ""}`);
  areas.forEach((area, at) => {
    const value = areaValue(at), step = data.breaks[scale].filter((least) => value >= least).length;
    area.setAttribute("class", `${value === null ? "none" : `c${step}`}${inSelection(data.municipalities[at]) ? "" : " out"}`);
  });
  for (const one of all(".scale")) one.hidden = one.dataset.scale !== scale;
  const heading = ["before", "after"].includes(shown.layer) ? `minutes_${shown.layer}` : shown.layer;
  document.querySelector(`[data-scale="${scale}"] h3`).textContent = say(`legend.${heading}`);
}

function placeLines(at) {
  const place = data.municipalities[at], known = minutes(run().minutes[at]), lines = [place.name];
  if (!known) lines.push(say("legend.no_data"));
  else lines.push(say(shown.year ? "tip.change" : "tip.today", { before: number(known.before, 1), after: number(known.after, 1),
    added: (known.added > 0 ? "+" : "") + number(known.added, 1) }));
  if (beyond(30, at) !== null) lines.push(say("tip.beyond", { wide: number(beyond(30, at), 1), far: number(beyond(60, at), 1) }));
  const here = points(place.region);
  if (here === null) return lines;
  const today = number(run().regions[place.region].points[0]);
  return [...lines, say(shown.year ? "tip.region" : "tip.region_today", { region: data.regions[place.region].name, points: here, today })];
}

// The insets repeat the part of the map around a city, with what lies in it alone.
const insets = all(".inset").map((button) => ({ button, box: button.dataset.box.split(" ").map(Number) }));
function within(inset, { x, y, width: wide = 0, height: high = 0 }) {
  const [left, top, across, down] = inset.box;
  return x < left + across && x + wide > left && y < top + down && y + high > top;
}
function paintInsets() {
  for (const inset of insets) {
    inset.areas ??= areas.filter((area) => within(inset, area.getBBox()));
    const part = drawing("g", `areas ${$("country").getAttribute("class")}`), lines = all("#regions, #flows .flow").map((one) => one.cloneNode());
    part.append(...inset.areas.map((one) => one.cloneNode()));
    lines[0].removeAttribute("id");
    lines[0].setAttribute("class", "border-copy");
    const signs = all("#marks .office").filter((one) => within(inset, data.sites[one.dataset.index])).map((mark) => {
      const copy = drawing("g", mark.getAttribute("class"));
      copy.setAttribute("transform", mark.getAttribute("transform"));
      copy.append(mark.firstElementChild.cloneNode(true));
      return copy;
    });
    inset.button.firstElementChild.replaceChildren(part, ...lines, ...signs);
  }
}
