// An office in words: the tip at the pointer and the card.
function showTip(lines, x, y) {
  tip.replaceChildren(element("strong", lines[0]), ...lines.slice(1).map((one) => element("div", one)));
  tip.hidden = false;
  const room = tip.parentElement.getBoundingClientRect(), above = y - room.top + 16 + tip.offsetHeight > room.height;
  tip.style.left = `${Math.min(Math.max(x - room.left + 14, 4), Math.max(room.width - tip.offsetWidth - 4, 4))}px`;
  tip.style.top = `${y - room.top + (above ? -tip.offsetHeight - 12 : 16)}px`;
}

function goTo(at) { // a button with an office's name, which leads to its card
  const button = Object.assign(element("button", data.sites[at].name, "link"), { type: "button" });
  button.addEventListener("click", () => choose(at, marks.get(at) ?? opener));
  return button;
}

function flowList(ends) { // [[office, visits]]
  const list = element("ul");
  for (const [at, visits] of ends.slice(0, 8)) {
    const [before, after] = say("card.flow", { office: "\n", visits: number(visits) }).split("\n"), one = element("li", before);
    one.append(goTo(at), after);
    list.append(one);
  }
  return list;
}

function peopleParts(at) {
  const { people } = now(at), parts = {};
  if (!people) return parts;
  parts.people = people.count === null ? "" : say("card.people_count", { people: number(people.count), need: data.levels[people.need] });
  if (people.elderly) parts.elderly = say("card.about", { people: number(people.elderly) });
  parts.places = (run().offices[at].places || []).join(", ");
  parts.minutes = !shown.year ? number(people.before, 1)
    : say("card.change", { before: number(people.before, 1), after: number(people.after, 1) });
  if (shown.year && people.longer) parts.longer = say("card.persons", { people: number(people.longer) });
  if (shown.year && people.far) parts.far = say("card.persons", { people: number(people.far) });
  return parts;
}

function staffLines(at) { // who has moved, come or gone by the year shown
  const own = run().staff[shown.year][at], list = element("ul");
  if (!own) return "";
  for (const [key, ends] of [["moved_out", own.to], ["moved_in", own.from], ["redundant"], ["attrition"], ["hired"]]) {
    if (!own[key]) continue;
    const line = element("li", say(`card.staff_${key}`, { fte: number(own[key], 1) }));
    const [named, others, rest] = ends || [[], 0, 0];
    named.forEach(([end, fte], i) => line.append(i ? ", " : ": ", goTo(end), ` ${number(fte, 1)}`));
    if (others) line.append(named.length ? ", " : ": ", say("card.staff_others", { count: others, fte: number(rest, 1) }));
    list.append(line);
  }
  return list;
}

function figures(at) { // as they are, or from today's to the year's where they differ
  const year = now(at), today = yearsOf(at)[0], told = (key, digits) => {
    const [before, after] = [today, year].map((one) => number(one[key], digits));
    return before === after || before === "–" || !shown.year ? after : say("card.change", { before, after });
  };
  return { visits: told("visits", 0), fte: told("fte", 1), cost: told("cost", 2) };
}

function servicesList(at) { // beyond general service: today's, and what has begun or ended since
  const { assumed_services: assumed, announced_services: announced } = data.sites[at], [today, year] = [yearsOf(at)[0], now(at)].map((one) => one.services);
  const list = element("ul");
  for (const [key, title] of Object.entries(data.services)) {
    const [before, after] = [today, year].map((services) => services.includes(key));
    if (!before && !after) continue;
    const doubt = before && (assumed.includes(key) ? "assumed" : announced.includes(key) ? "announced" : "");
    const named = doubt ? say(`card.service_${doubt}`, { service: title }) : title;
    list.append(element("li", before === after ? named : say(after ? "card.service_new" : "card.service_ended", { service: named })));
  }
  return list.children.length ? list : "";
}

function cardParts(at) {
  const site = data.sites[at], year = now(at), today = yearsOf(at)[0], place = data.municipalities[placeOf.get(site.code)];
  const mode = today.mode === year.mode || site.candidate ? modeTitle(year.mode)
    : say("card.change", { before: modeTitle(today.mode), after: modeTitle(year.mode) });
  const to = flowsNow().filter(([from]) => from === at).map(([, end, visits]) => [end, visits]);
  const from = flowsNow().filter(([, end]) => end === at).map(([begin, , visits]) => [begin, visits]);
  const region = place && points(place.region) !== null ? placeLines(placeOf.get(site.code)).at(-1) : "";
  return { motive: year.motive, municipality: site.municipality, region, mode, services: servicesList(at), into: to.length ? flowList(to) : year.into,
    from: from.length ? flowList(from) : "", ...peopleParts(at), ...figures(at), staff: staffLines(at),
    evidence: data.texts[`evidence.${site.evidence}`] || site.evidence };
}

function fillCard(at) {
  const site = data.sites[at], year = now(at), top = element("div", "", "top-row"), list = element("dl");
  $("card-heading").textContent = site.name;
  top.append(element("span", say(`state.${year.state}`), `state ${year.state}`));
  for (const key of ["candidate", "estimated"]) if (site[key]) top.append(element("span", say(`card.${key}`), "badge"));
  top.append(Object.assign(element("button", say("card.close"), "close-card"), { type: "button", onclick: closeCard }));
  for (const [key, value] of Object.entries(cardParts(at))) {
    if (!value) continue;
    const told = element("dd");
    told.append(value);
    if (key === "motive") told.className = "wide";
    list.append(element("dt", say(`card.${key}`), told.className), told);
  }
  const parts = [top, list];
  if (["close", "merge"].includes(year.state)) parts.push(element("p", say(year.leaves ? "card.leaves" : "card.stays"), "decision"));
  parts.push(element("h3", say("card.years")), yearTable(at), element("h3", say("card.origins")), element("p", origins(site), "small"));
  $("card-body").replaceChildren(...parts);
  $("card").classList.add("shown");
}

function origins(site) { // "Uppskattat: besök, personal. Antaget: lokaler."
  const known = Object.keys(site.origins), sentences = [];
  for (const kind of new Set(Object.values(site.origins))) {
    const name = data.texts[`origin.${kind}`] || kind, keys = known.filter((key) => site.origins[key] === kind);
    sentences.push(`${name[0].toLocaleUpperCase()}${name.slice(1)}: ${keys.map((key) => say(`card.origin_${key}`)).join(", ")}.`);
  }
  return sentences.join(" ");
}

function yearTable(at) {
  const table = element("table"), head = element("tr"), body = element("tbody");
  table.setAttribute("aria-label", say("card.years"));
  ["year", "action", "visits", "fte", "cost"].forEach((key, i) => head.append(
    Object.assign(element("th", say(`short.${key}`), i > 1 ? "figure" : ""), { scope: "col" })));
  yearsOf(at).forEach((one, i) => {
    const row = element("tr", "", i === shown.year ? "now" : "");
    row.append(Object.assign(element("th", i ? data.years[i] : say("today")), { scope: "row" }),
      element("td", i ? data.texts[`action.${one.action}`] || one.action : "–"),
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
  paintFlows();
  later.stale = true;
  settle();
}
function choose(at, from) {
  point(at);
  opener = from;
  if (marks.has(at)) stop(at);
  fillCard(at);
  $("card-heading").focus({ preventScroll: true });
  for (const id of ["card", "card-heading"]) $(id).scrollIntoView({ block: "nearest" }); // the heading, where not all of it fits
}
function closeCard() {
  if (shown.office === null) return;
  point(null);
  $("card").classList.remove("shown");
  $("card-heading").textContent = say("card.heading");
  $("card-body").replaceChildren(element("p", say("card.hint"), "hint"));
  opener?.focus();
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") (tip.hidden ? closeCard : hideTip)();
});
