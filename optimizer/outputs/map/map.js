"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const map = $("map"), tip = $("tip"), card = $("card");
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const say = (key, values = {}) => fill(data.texts[key], values);
  const formats = [0, 1, 2].map((digits) => new Intl.NumberFormat(data.language === "sv" ? "sv-SE" : "en-GB",
    { minimumFractionDigits: digits, maximumFractionDigits: digits }));
  const number = (value, digits = 0) => (value === null ? "–" : formats[digits].format(value));
  const signed = (value) => (value > 0 ? "+" : "") + number(value, 1);
  const element = (tag, text = "", name = "") => {
    const made = document.createElement(tag);
    made.textContent = text;
    if (name) made.className = name;
    return made;
  };
  const shapes = [...document.querySelectorAll("#municipalities path")];
  const marks = new Map([...document.querySelectorAll("#map .office")].map((mark) => [Number(mark.dataset.index), mark]));
  const rows = [...document.querySelectorAll("#rows tr")];
  const index = new Map(data.offices.map((office, at) => [office.id, at]));
  const shown = { year: data.years.length - 1, layer: "after", wanted: "after", need: data.needs.length - 1, office: null };
  const now = (office) => office.years[shown.year];

  // --- what the map shows -------------------------------------------------------------------
  function minutes(place) {
    if (!place.minutes) return null;
    const before = place.minutes.before[shown.need];
    const after = shown.year ? place.minutes.after[shown.year - 1][shown.need] : before;
    return before === null || after === null ? null : { before, after, added: Math.round((after - before) * 10) / 10 };
  }

  function paintMunicipalities() {
    const scale = shown.layer === "added" ? "added" : "minutes";
    $("country").setAttribute("class", scale);
    shapes.forEach((shape, at) => {
      const known = minutes(data.municipalities[at]);
      const step = known && data.breaks[scale].filter((least) => known[shown.layer] >= least).length;
      shape.setAttribute("class", known ? `c${step}` : "none");
    });
    document.querySelectorAll(".scale").forEach((one) => { one.hidden = one.dataset.scale !== scale; });
    const heading = document.querySelector(`[data-scale="${scale}"] h3`);
    heading.textContent = say(scale === "added" ? "legend.added" : `legend.minutes_${shown.layer}`);
  }

  function paintOffices() {
    const order = { today: 0, keep: 0, open: 1, convert: 1, merge: 2, close: 2, absent: 0 };
    const counts = {};
    data.offices.forEach((office, at) => {
      const year = now(office);
      counts[year.state] = (counts[year.state] || 0) + 1;
      const mark = marks.get(at);
      if (!mark) return;
      const open = year.mode === "closed" ? office.years.findLast((one, i) => i < shown.year && one.mode !== "closed") : year;
      const sign = data.modes[(open || year).mode] || { shape: "", dot: false };
      mark.setAttribute("class", `office ${year.state}${shown.office === at ? " chosen" : ""}`);
      mark.setAttribute("aria-label", officeLines(office).join(", "));
      mark.querySelector(".halo").setAttribute("d", sign.shape);
      mark.querySelector(".body").setAttribute("d", sign.shape);
      mark.querySelector(".dot").setAttribute("visibility", sign.dot ? "visible" : "hidden");
      mark.querySelector(".glyph").setAttribute("d", data.glyphs[year.state] || "");
    });
    const drawn = [...marks].sort(([a], [b]) => order[now(data.offices[a]).state] - order[now(data.offices[b]).state]);
    if (!map.contains(document.activeElement)) drawn.forEach(([, mark]) => $("marks").append(mark));
    paintFlows();
    document.querySelectorAll("#states [data-state]").forEach((one) => {
      const count = counts[one.dataset.state] || 0;
      one.hidden = !count;
      one.querySelector(".count").textContent = number(count);
    });
    document.querySelector(".flow-key").hidden = !counts.merge;
  }

  function paintFlows() {
    $("flows").replaceChildren(...data.offices.flatMap((office) => {
      const to = now(office).state === "merge" && data.offices[index.get(now(office).into_id)];
      if (!to || office.x === null || to.x === null) return [];
      const flow = document.createElementNS("http://www.w3.org/2000/svg", "path");
      flow.setAttribute("class", "flow");
      flow.setAttribute("d", `M${office.x} ${office.y}L${to.x} ${to.y}`);
      return [flow];
    }));
  }

  function paintTable() {
    const wanted = $("filter").value, words = $("search").value.trim().toLocaleLowerCase();
    let count = 0, total = 0;
    rows.forEach((row) => {
      const office = data.offices[row.dataset.index], year = now(office);
      const cells = { mode: data.mode_titles[year.mode] || year.mode, state: say(`state.${year.state}`), into: year.into,
        visits: number(year.visits), fte: number(year.fte, 1), cost: number(year.cost, 2), motive: year.motive };
      row.querySelectorAll("[data-cell]").forEach((cell) => { cell.textContent = cells[cell.dataset.cell]; });
      const exists = year.state !== "absent";
      const found = `${office.name} ${office.municipality}`.toLocaleLowerCase().includes(words);
      row.hidden = !(exists && found && (!wanted || year.state === wanted));
      total += exists;
      count += !row.hidden;
    });
    $("count").textContent = say("table.count", { shown: number(count), total: number(total) });
    $("mode-year").textContent = say("table.mode", { year: yearName() });
    document.querySelector(".scroll caption").textContent = say("table.caption", { year: yearName() });
  }

  const yearName = () => (shown.year ? String(data.years[shown.year]) : say("today").toLocaleLowerCase());

  function paint() {
    shown.layer = shown.year ? shown.wanted : "before";
    document.querySelectorAll('[name="layer"]').forEach((one) => {
      one.disabled = !shown.year && one.value !== "before";
      one.checked = one.value === shown.layer;
    });
    document.querySelectorAll("[data-figure]").forEach((tile) => {
      tile.querySelector(".value").textContent = JSON.parse(tile.dataset.values)[shown.year];
      tile.querySelector(".under").textContent = JSON.parse(tile.dataset.under)[shown.year];
    });
    paintMunicipalities();
    paintOffices();
    paintTable();
    if (shown.office !== null) fillCard(data.offices[shown.office]);
    const layer = say(`caption.${shown.layer}`, { year: yearName() });
    $("caption").textContent = say("caption.shown", { layer, need: data.needs[shown.need], year: yearName() });
    tip.hidden = true;
  }

  // --- tips and the card ----------------------------------------------------------------------
  function officeLines(office) {
    const year = now(office);
    return [office.name, data.mode_titles[year.mode] || year.mode, ...(year.mode === "closed" || shown.year ? [say(`state.${year.state}`)] : [])];
  }

  function placeLines(place) {
    const known = minutes(place), region = data.regions[place.region];
    const lines = [place.name];
    if (!known) lines.push(say("legend.no_data"));
    else if (!shown.year) lines.push(say("tip.today", { before: number(known.before, 1) }));
    else lines.push(say("tip.change", { before: number(known.before, 1), after: number(known.after, 1), added: signed(known.added) }));
    if (region && region.points[shown.year] !== null) {
      const points = { region: region.name, points: region.points[shown.year], today: region.points[0] };
      lines.push(say(shown.year ? "tip.region" : "tip.region_today", points));
    }
    return lines;
  }

  function showTip(lines, x, y) {
    tip.replaceChildren(element("strong", lines[0]), ...lines.slice(1).map((line) => element("div", line)));
    tip.hidden = false;
    const room = tip.parentElement.getBoundingClientRect();
    const left = Math.min(Math.max(x - room.left + 14, 4), room.width - tip.offsetWidth - 4);
    const above = y - room.top + 16 + tip.offsetHeight > room.height;
    tip.style.left = `${left}px`;
    tip.style.top = `${y - room.top + (above ? -tip.offsetHeight - 12 : 16)}px`;
  }

  function fillCard(office) {
    const year = now(office), today = office.years[0];
    const name = (mode) => data.mode_titles[mode] || mode;
    $("card-heading").textContent = office.name;
    const top = element("div", "", "top-row");
    top.append(element("span", say(`state.${year.state === "absent" ? "absent" : year.state}`), `state ${year.state}`));
    if (office.candidate) top.append(element("span", say("card.candidate"), "badge"));
    if (office.estimated) top.append(element("span", say("card.estimated"), "badge"));
    const close = element("button", say("card.close"), "close-card");
    close.type = "button";
    close.addEventListener("click", closeCard);
    top.append(close);
    const list = element("dl");
    const pairs = { municipality: office.municipality,
      mode: today.mode === year.mode ? name(year.mode) : say("card.mode_change", { before: name(today.mode), after: name(year.mode) }),
      into: year.into, motive: year.motive, visits: number(year.visits), fte: number(year.fte, 1), cost: number(year.cost, 2),
      evidence: data.texts[`evidence.${office.evidence}`] || office.evidence };
    Object.entries(pairs).filter(([, value]) => value).forEach(([key, value]) => {
      list.append(element("dt", say(`card.${key}`)), element("dd", value));
    });
    const parts = [top, list];
    if (["close", "merge"].includes(year.state)) parts.push(element("p", say(year.leaves ? "card.leaves" : "card.stays"), "decision"));
    parts.push(element("h3", say("card.years")), yearTable(office));
    if (office.estimated) parts.push(element("p", say("card.estimated_help"), "small"));
    $("card-body").replaceChildren(...parts);
    card.classList.add("shown");
  }

  function yearTable(office) {
    const table = element("table"), head = element("tr");
    ["year", "action", "visits", "fte", "cost"].forEach((key, at) => {
      const cell = element("th", say(`short.${key}`), at > 1 ? "figure" : "");
      cell.scope = "col";
      head.append(cell);
    });
    table.append(element("thead"), element("tbody"));
    table.tHead.append(head);
    office.years.forEach((one, at) => {
      const row = element("tr", "", at === shown.year ? "now" : "");
      const start = element("th", at ? data.years[at] : say("today"));
      start.scope = "row";
      row.append(start, element("td", at ? data.texts[`action.${one.action}`] || one.action : "–"));
      [number(one.visits), number(one.fte, 1), number(one.cost, 2)].forEach((text) => row.append(element("td", text, "figure")));
      table.tBodies[0].append(row);
    });
    return table;
  }

  let opener = null;
  function choose(at, from) {
    if (shown.office !== null && marks.has(shown.office)) marks.get(shown.office).classList.remove("chosen");
    shown.office = at;
    if (marks.has(at)) marks.get(at).classList.add("chosen");
    opener = from;
    tip.hidden = true;
    fillCard(data.offices[at]);
    $("card-heading").focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  }

  function closeCard() {
    if (shown.office === null) return;
    if (marks.has(shown.office)) marks.get(shown.office).classList.remove("chosen");
    shown.office = null;
    card.classList.remove("shown");
    $("card-heading").textContent = say("card.heading");
    $("card-body").replaceChildren(element("p", say("card.hint"), "hint"));
    if (opener) opener.focus();
  }

  // --- zoom and pan: the middle of the map and how many map units a pixel is -------------------
  const [width, height] = data.frame;
  const view = { x: width / 2, y: height / 2, scale: 1, whole: 1 };
  const between = (least, value, most) => Math.min(Math.max(value, least), most);

  function look(x, y, scale) {
    const box = map.getBoundingClientRect();
    if (!box.width) return;
    view.whole = Math.max(width / box.width, height / box.height) * 1.03;
    view.scale = between(view.whole / 60, scale, view.whole);
    const free = (length, pixels) => Math.max(0, length / 2 - (pixels * view.scale) / 2 + 20 * view.scale);
    view.x = between(width / 2 - free(width, box.width), x, width / 2 + free(width, box.width));
    view.y = between(height / 2 - free(height, box.height), y, height / 2 + free(height, box.height));
    const wide = box.width * view.scale, high = box.height * view.scale;
    map.setAttribute("viewBox", [view.x - wide / 2, view.y - high / 2, wide, high].map((one) => one.toFixed(1)).join(" "));
    const larger = between(0.8, 0.8 + 0.22 * Math.log2(view.whole / view.scale), 1.7);
    map.style.setProperty("--s", (view.scale * larger).toFixed(3));
    map.classList.toggle("zoomed", view.scale < view.whole * 0.98);
    tip.hidden = true;
  }
  const whole = () => look(width / 2, height / 2, Infinity);

  function zoom(factor, x, y) {
    const box = map.getBoundingClientRect();
    const dx = x === undefined ? 0 : x - box.left - box.width / 2, dy = y === undefined ? 0 : y - box.top - box.height / 2;
    const scale = between(view.whole / 60, view.scale / factor, view.whole);
    look(view.x + dx * (view.scale - scale), view.y + dy * (view.scale - scale), scale);
  }

  function onScreen(office) {
    const box = map.getBoundingClientRect();
    return [box.left + box.width / 2 + (office.x - view.x) / view.scale, box.top + box.height / 2 + (office.y - view.y) / view.scale];
  }

  function nearest(x, y, within = 15) {
    let best = null;
    marks.forEach((_, at) => {
      if (now(data.offices[at]).state === "absent") return;
      const [px, py] = onScreen(data.offices[at]), distance = Math.hypot(px - x, py - y);
      if (distance < within) { within = distance; best = at; }
    });
    return best;
  }

  const fingers = new Map();
  let moved = 0;
  map.addEventListener("pointerdown", (event) => { fingers.set(event.pointerId, event); moved = 0; });
  window.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const other = [...fingers.values()].find((one) => one.pointerId !== event.pointerId);
    moved += Math.hypot(event.clientX - before.clientX, event.clientY - before.clientY);
    fingers.set(event.pointerId, event);
    if (other) {
      const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      zoom(apart(event) / Math.max(apart(before), 1), other.clientX, other.clientY);
    } else if (moved > 4) {
      map.classList.add("dragging");
      look(view.x - (event.clientX - before.clientX) * view.scale, view.y - (event.clientY - before.clientY) * view.scale, view.scale);
    }
  });
  ["pointerup", "pointercancel"].forEach((name) => window.addEventListener(name, (event) => {
    fingers.delete(event.pointerId);
    map.classList.remove("dragging");
  }));
  map.addEventListener("wheel", (event) => {
    if (event.deltaY > 0 && view.scale >= view.whole) return; // let the page scroll on
    event.preventDefault();
    zoom(Math.exp(-between(-60, event.deltaY, 60) / 180), event.clientX, event.clientY);
  }, { passive: false });
  map.addEventListener("mousemove", (event) => {
    if (fingers.size) return;
    const at = nearest(event.clientX, event.clientY), place = shapes.indexOf(event.target);
    if (at !== null) showTip(officeLines(data.offices[at]), event.clientX, event.clientY);
    else if (place >= 0) showTip(placeLines(data.municipalities[place]), event.clientX, event.clientY);
    else tip.hidden = true;
  });
  map.addEventListener("mouseleave", () => { tip.hidden = true; });
  map.addEventListener("click", (event) => {
    if (moved > 4) return;
    const mark = event.target.closest(".office"), place = shapes.indexOf(event.target);
    const at = event.detail ? nearest(event.clientX, event.clientY) : mark && Number(mark.dataset.index);
    if (at !== null) { stop(at); choose(at, marks.get(at)); }
    else if (place >= 0) showTip(placeLines(data.municipalities[place]), event.clientX, event.clientY);
  });

  // --- keyboard: one tab stop, arrows between offices ------------------------------------------
  let current = null;
  function stop(at) {
    if (current !== null) marks.get(current).setAttribute("tabindex", "-1");
    current = at;
    marks.get(at).setAttribute("tabindex", "0");
  }

  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  function neighbour([dx, dy]) {
    const here = data.offices[current];
    let best = current, least = Infinity;
    marks.forEach((_, at) => {
      const there = data.offices[at], x = there.x - here.x, y = there.y - here.y;
      const ahead = x * dx + y * dy, aside = Math.abs(x * dy) + Math.abs(y * dx);
      const cost = Math.hypot(x, y) + 2 * aside;
      if (now(there).state !== "absent" && ahead > 0 && cost < least) { least = cost; best = at; }
    });
    return best;
  }

  map.addEventListener("focusin", (event) => {
    const mark = event.target.closest(".office");
    if (!mark) return;
    stop(Number(mark.dataset.index));
    const office = data.offices[current], box = map.getBoundingClientRect(), [x, y] = onScreen(office);
    if (x < box.left + 20 || x > box.right - 20 || y < box.top + 20 || y > box.bottom - 20) look(office.x, office.y, view.scale);
    if (mark.matches(":focus-visible")) showTip(officeLines(office), ...onScreen(office));
  });
  map.addEventListener("focusout", () => { tip.hidden = true; });
  map.addEventListener("keydown", (event) => {
    const arrow = arrows[event.key], step = 80 * view.scale;
    if (event.ctrlKey || event.metaKey || event.altKey || current === null) return;
    if (arrow && event.shiftKey) look(view.x + arrow[0] * step, view.y + arrow[1] * step, view.scale);
    else if (arrow) { stop(neighbour(arrow)); marks.get(current).focus({ preventScroll: true }); }
    else if (event.key === "Enter" || event.key === " ") choose(current, marks.get(current));
    else if (event.key === "+" || event.key === "=" || event.key === "-") {
      const [x, y] = onScreen(data.offices[current]);
      zoom(event.key === "-" ? 1 / 1.6 : 1.6, x, y);
    } else if (event.key === "0") whole();
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (tip.hidden) closeCard();
    tip.hidden = true;
  });

  // --- controls -----------------------------------------------------------------------------------
  document.querySelectorAll('[name="year"]').forEach((one) => one.addEventListener("change", () => { shown.year = Number(one.value); paint(); }));
  document.querySelectorAll('[name="layer"]').forEach((one) => one.addEventListener("change", () => { shown.wanted = one.value; paint(); }));
  $("need").addEventListener("change", () => { shown.need = Number($("need").value); paint(); });
  $("filter").addEventListener("change", paintTable);
  $("search").addEventListener("input", paintTable);
  document.querySelectorAll(".inset").forEach((one) => one.addEventListener("click", () => {
    const [x, y, wide, high] = one.dataset.box.split(" ").map(Number), box = map.getBoundingClientRect();
    look(x + wide / 2, y + high / 2, Math.max(wide / box.width, high / box.height));
  }));
  const zooms = { in: () => zoom(1.6), out: () => zoom(1 / 1.6), whole };
  document.querySelectorAll("[data-zoom]").forEach((one) => one.addEventListener("click", zooms[one.dataset.zoom]));
  rows.forEach((row) => row.querySelector("button").addEventListener("click", (event) => {
    const at = Number(row.dataset.index), office = data.offices[at];
    if (office.x !== null) { stop(at); look(office.x, office.y, Math.min(view.scale, view.whole / 6)); }
    choose(at, event.currentTarget);
  }));
  new ResizeObserver(() => look(view.x, view.y, map.classList.contains("zoomed") ? view.scale : Infinity)).observe(map);
  whole();
  if (marks.size) stop([...marks.keys()].sort((a, b) => data.offices[a].y - data.offices[b].y)[0]);
  paint();
})();
