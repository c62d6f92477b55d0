"""The charts: money, access as a curve and by kind of people, and offices by mode."""

from __future__ import annotations

from optimizer.outputs.account.access import Access, reach_curve
from optimizer.outputs.account.journeys import NEAR_MINUTES
from optimizer.outputs.figures.drawing import Drawing
from optimizer.outputs.figures.figure import Figure
from optimizer.outputs.figures.plot import Plot, Series, axes, lines, nice_range, nice_step
from optimizer.outputs.figures.svg import INK, LINE, SOFT, circle, group, line, rectangle, text

BLUE, RED, GREY, GREEN = "#0b5470", "#b0341b", "#5a6670", "#2f6f3e"
MODE_COLOURS = ("#0b5470", "#35728f", "#9c5a12", "#8d2f86", "#2f6f3e", "#763013")
REACH = tuple(range(0, 95, 5))
WIDTH = 640


def budget_chart(drawing: Drawing) -> Figure | None:
    """What the plan costs by year, what may be spent, and what changing nothing would cost."""
    strings, account = drawing.strings, drawing.account
    rows = {int(row["year"]): row for row in account.source.run.summary.get("years", ())}
    years = (account.source.base_year, *account.source.run.years)
    if any(year not in rows for year in years):
        return None
    cost = tuple(float(rows[year]["cost_mnkr"]) for year in years)
    means = (None, *(float(rows[year]["means_mnkr"]) for year in years[1:]))
    nothing = tuple(float(value) for value in account.unchanged["cost"])
    series = [
        Series(strings.text("figures.budget.nothing"), nothing, GREY, dash="6 4"),
        Series(strings.text("figures.budget.cost"), cost, BLUE),
        Series(strings.text("figures.budget.means"), means, RED),
    ]
    known = [value for one in series for value in one.values if value is not None]
    low, high, step = nice_range(known)
    plot = Plot(64, 34, 400, 240, low, high, len(years))
    decimals = 0 if step >= 1 else 1
    unit = strings.text("figures.budget.unit", low=strings.number(low, decimals))
    body = axes(
        plot, [str(year) for year in years], step, lambda one: strings.number(one, decimals), unit
    )
    return Figure(
        name="budget",
        title=strings.text("figures.budget.title"),
        description=strings.text(
            "figures.budget.description",
            year=years[-1],
            cost=strings.number(cost[-1], 1),
            means=strings.number(means[-1], 1),
            nothing=strings.number(nothing[-1], 1),
        ),
        width=WIDTH,
        height=310,
        body=body + lines(plot, series),
        note=strings.text("figures.budget.note"),
    )


def reach_chart(drawing: Drawing) -> Figure:
    """The share of the people within so many minutes of an office, today and in the last year."""
    strings, source = drawing.strings, drawing.account.source
    before, after = reach_curve(source, source.last_year, REACH)
    series = [
        Series(str(source.base_year), tuple(before), GREY, dash="6 4", dots=False),
        Series(str(source.last_year), tuple(after), BLUE, dots=False),
    ]
    plot = Plot(56, 34, 480, 230, 0.0, 1.0, len(REACH))
    labels = [str(limit) if limit % 15 == 0 else "" for limit in REACH]
    unit = strings.text("figures.reach.unit")
    body = axes(plot, labels, 0.2, lambda one: strings.percent(one), unit)
    below = text(
        plot.left + plot.width / 2,
        300,
        strings.text("figures.reach.axis"),
        fill=SOFT,
        anchor="middle",
    )
    at = REACH.index(NEAR_MINUTES)
    return Figure(
        name="reach",
        title=strings.text("figures.reach.title"),
        description=strings.text(
            "figures.reach.description",
            before=strings.percent(before[at], 1),
            after=strings.percent(after[at], 1),
            year=source.last_year,
        ),
        width=WIDTH,
        height=310,
        body=body + lines(plot, series) + below,
    )


def people_chart(drawing: Drawing) -> Figure:
    """Mean minutes before and after for each kind of area and group, a row each."""
    strings, account = drawing.strings, drawing.account
    rows = [*account.areas, *account.groups]
    known = [
        value for one in rows for value in (one.mean_before, one.mean_after) if value is not None
    ]
    step = nice_step(max([*known, 1.0]))
    columns = max(2, int(max([*known, 1.0]) // step) + 2)
    high = step * (columns - 1)
    left, width, top = 210.0, 390.0, 40.0
    height = 30.0 * len(rows)
    scale = width / high
    parts = [text(left, 14, strings.text("figures.people.axis"), fill=SOFT)]
    for column in range(columns):
        x = left + scale * step * column
        parts.append(line([(x, top - 12), (x, top + height - 8)], stroke=LINE, width=0.8))
        parts.append(
            text(x, top - 16, strings.number(step * column), fill=SOFT, anchor="middle", size=10)
        )
    for place, one in enumerate(rows):
        parts.append(_people_row(drawing, one, top + 30 * place + 8, left, scale))
    base = top + height + 14
    source = account.source
    parts += [
        circle(left + 6, base - 4, 4.5, fill=GREY),
        text(left + 16, base, str(source.base_year)),
        circle(left + 76, base - 4, 4.5, fill=BLUE),
        text(left + 86, base, str(source.last_year)),
    ]
    first = rows[0]
    return Figure(
        name="people",
        title=strings.text("figures.people.title"),
        description=strings.text(
            "figures.people.description",
            before=strings.number(first.mean_before, 1),
            after=strings.number(first.mean_after, 1),
        ),
        width=WIDTH,
        height=round(base + 10),
        body="".join(parts),
    )


def _people_row(drawing: Drawing, one: Access, y: float, left: float, scale: float) -> str:
    strings = drawing.strings
    label = strings.text_or(f"people.{one.kind}", one.kind)
    parts = [text(left - 12, y + 4, label, anchor="end")]
    if one.mean_before is None or one.mean_after is None:
        return parts[0]
    before, after = left + one.mean_before * scale, left + one.mean_after * scale
    parts.append(line([(before, y), (after, y)], stroke=BLUE, width=2))
    parts += [circle(before, y, 4.5, fill=GREY), circle(after, y, 4.5, fill=BLUE)]
    right = max(before, after) + 10
    parts.append(text(right, y + 4, strings.number(one.mean_after, 1), weight=700, fill=INK))
    return group(parts)


def modes_chart(drawing: Drawing) -> Figure:
    """How many offices there are of each mode, by year, as bars."""
    strings, run = drawing.strings, drawing.account.source.run
    years = (run.base_year, *run.years)
    today = run.sites["mode_today"].value_counts()
    counts = {run.base_year: today} | {
        year: run.plan.loc[run.plan["year"] == year, "mode"].value_counts() for year in run.years
    }
    modes = [
        mode for mode in drawing.signs if any(int(counts[year].get(mode, 0)) for year in years)
    ]
    colours = {mode: MODE_COLOURS[place % len(MODE_COLOURS)] for place, mode in enumerate(modes)}
    most = max([1, *(sum(int(counts[year].get(mode, 0)) for mode in modes) for year in years)])
    parts, top, left, width = [], 10.0, 60.0, 530.0
    for year in years:
        x = left
        parts.append(text(left - 10, top + 19, str(year), anchor="end", weight=700))
        for mode in modes:
            count = int(counts[year].get(mode, 0))
            wide = width * count / most
            parts.append(rectangle(x, top, wide, 28, fill=colours[mode], stroke="#ffffff"))
            if wide >= 18:
                parts.append(
                    text(x + wide / 2, top + 18, str(count), fill="#ffffff", anchor="middle")
                )
            x += wide
        total = sum(int(counts[year].get(mode, 0)) for mode in modes)
        parts.append(text(x + 8, top + 19, str(total), weight=700))
        top += 38
    for place, mode in enumerate(modes):
        x, y = left + 290 * (place % 2), top + 12 + 20 * (place // 2)
        parts.append(rectangle(x, y - 10, 12, 12, fill=colours[mode]))
        parts.append(text(x + 20, y, str(drawing.signs[mode]["title"])))
    last = ", ".join(
        f"{drawing.signs[mode]['title']} {int(counts[years[-1]].get(mode, 0))}" for mode in modes
    )
    return Figure(
        name="modes",
        title=strings.text("figures.modes.title"),
        description=strings.text("figures.modes.description", year=years[-1], counts=last),
        width=WIDTH,
        height=round(top + 20 + 20 * ((len(modes) + 1) // 2)),
        body="".join(parts),
    )
