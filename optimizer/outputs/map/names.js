// Names of offices where there is room for them, visits of the chosen office, counts of regions.
const LINE = 13; // pixels of a line of text at the size used
const ALONG = [0.5, 0.62, 0.38, 0.74, 0.26]; // where on a line its visits may be written
const pen = document.createElement("canvas").getContext("2d"), family = getComputedStyle(document.body).fontFamily;
const widthOf = (words, name) => { // in pixels, of the fonts that the reader has
  pen.font = `${name === "name" ? 400 : 700} ${name === "points" ? 13 : 11.5}px ${family}`;
  return pen.measureText(words).width + 2;
};
const APART = 5; // pixels between the counts of two regions, so that they are not read as one
const RINGS = [0, 15, 24, 34]; // pixels from the middle of a region to where its count may stand
const ROOM = RINGS.flatMap((away) => Array.from({ length: away ? 8 : 1 }, (_, at) => [ // tried in turn
  away * Math.sin(at * Math.PI / 4), -away * Math.cos(at * Math.PI / 4)]));

const onGlass = () => ({ ...view, sign: signSize(), width: map.clientWidth, height: map.clientHeight });

function paintNames(box = onGlass()) {
  const taken = [], written = [], texts = [], mark = 7 * box.sign;
  const pixel = (site) => [box.width / 2 + (site.x - box.x) / box.scale, box.height / 2 + (site.y - box.y) / box.scale];
  const free = ([left, top, right, bottom], around) => left > 2 && top > 2 && right < box.width - 2 && bottom < box.height - 2
    && !around.some((one) => left < one[2] && right > one[0] && top < one[3] && bottom > one[1]);
  const put = (x, y, words, name, anchor = "start", around = [...taken, ...written]) => {
    const [px, py] = pixel({ x, y }), wide = widthOf(words, name);
    const left = { start: px, middle: px - wide / 2, end: px - wide }[anchor];
    const rim = name === "points" ? APART : 0, room = [left - rim, py - LINE + 3, left + wide + rim, py + 3];
    if (!free(room, around)) return false;
    written.push(room);
    const label = drawing("text", name);
    label.textContent = words;
    label.setAttribute("text-anchor", anchor);
    const spot = drawing("g", "");
    spot.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
    spot.append(label);
    texts.push(spot);
    return true;
  };
  const inView = ([x, y]) => x > 0 && y > 0 && x < box.width && y < box.height;
  const seen = [...marks.keys()].filter((at) => selected(at) && inView(pixel(data.sites[at])));
  for (const at of seen) {
    const [x, y] = pixel(data.sites[at]);
    taken.push([x - mark, y - mark, x + mark, y + mark]);
  }
  if (shown.layer === "points") for (const [code, region] of Object.entries(data.regions)) {
    if (points(code) === null || region.x === undefined) continue;
    const words = String(points(code)), own = areas.filter((_, at) => data.municipalities[at].region === code);
    const inside = (x, y) => own.some((area) => area.isPointInFill(new DOMPoint(x, y)));
    const tried = (around) => ROOM.some(([right, down]) => {
      const x = region.x + right * box.scale, y = region.y + down * box.scale;
      return inside(x, y) && put(x, y + 4 * box.scale, words, "points", "middle", around);
    });
    tried() || tried(written); // beside the offices, if there is room; nearer the map has more
  }
  for (const [from, to, visits] of flowsNow().filter((one) => one.slice(0, 2).includes(shown.office)).slice(0, 6)) {
    const [one, other] = [data.sites[from], data.sites[to]];
    ALONG.some((part) => put(one.x + (other.x - one.x) * part, one.y + (other.y - one.y) * part, number(visits), "visits", "middle"));
  }
  const first = (at) => (at === shown.office ? 3e9 : (order[now(at).state] || 0) * 1e8) + (yearsOf(at)[0].visits || 0);
  for (const at of seen.sort((a, b) => first(b) - first(a))) {
    const { x, y, name } = data.sites[at], away = (mark + 2) * box.scale, half = 4 * box.scale, strong = at === shown.office ? "name chosen" : "name";
    const words = name.length > 28 ? `${name.slice(0, 27)}…` : name;
    put(x + away, y + half, words, strong) || put(x - away, y + half, words, strong, "end")
      || put(x, y - away - half / 2, words, strong, "middle") || put(x, y + away + 2 * half, words, strong, "middle");
  }
  $("labels").replaceChildren(...texts);
}
