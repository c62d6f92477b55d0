"""The first chapters: summary with the decisions asked for, the assignment, and the method."""

from __future__ import annotations

from optimizer.outputs.map.figures import certificate
from optimizer.outputs.report.blocks import Block, Bullets, Facts, Paragraph, Picture, Section, Signature, Table, table
from optimizer.outputs.report.writer import Writer
from optimizer.outputs.figures.charts import budget_chart, modes_chart

KEY_FIGURES = (
    ("cost_mnkr", 1),
    ("means_mnkr", 1),
    ("margin_mnkr", 1),
    ("open_offices", 0),
    ("service_points", 0),
    ("fte", 0),
    ("visits", 0),
    ("lost_visits", 0),
    ("mean_minutes", 1),
    ("cost_per_visit_kr", 0),
)


def summary(writer: Writer) -> Section:
    """What is proposed, in a page: sentences, key figures, certificate, and lines to sign on."""
    blocks: list[Block] = [Paragraph(text, "lead") for text in sentences(writer)]
    blocks.append(key_figures(writer))
    proof = certificate(writer.source.run.summary, writer.strings)
    if proof:
        blocks.append(Paragraph(certificate_sentence(writer)))
    blocks.append(Paragraph(writer.say("summary.data"), "note"))
    signing = Section("signing", writer.say("signing.heading"), _signing(writer))
    return Section("summary", writer.say("summary.heading"), tuple(blocks), (signing,))


def sentences(writer: Writer) -> list[str]:
    """The proposal in sentences, each from its numbers."""
    changes = writer.account.changes
    rows = writer.source.run.summary.get("years", ())
    today = int((writer.source.run.sites["mode_today"] != "closed").sum())
    last = writer.source.last_year
    counts = {
        state: sum(one.state == state for one in changes)
        for state in ("close", "merge", "convert", "open")
    }
    told = [
        writer.say(
            "summary.offices",
            today=today,
            year=last,
            gone=counts["close"] + counts["merge"],
            closed=counts["close"],
            merged=counts["merge"],
            converted=counts["convert"],
            opened=counts["open"],
            open=today - counts["close"] - counts["merge"] + counts["open"],
        )
    ]
    told.append(deficit_sentence(writer))
    told.append(budget_sentence(writer))
    if len(rows) > 1:
        first, final = rows[0], rows[-1]
        wanted = float(final["visits"]) + float(final["lost_visits"])
        told.append(
            writer.say(
                "summary.access",
                before=writer.number(first["mean_minutes"], 1),
                after=writer.number(final["mean_minutes"], 1),
                lost=writer.number(final["lost_visits"]),
                share=writer.percent(final["lost_visits"] / wanted if wanted else None, 1),
                farther=writer.number(writer.account.areas[0].farther),
                year=last,
            )
        )
    return told


def deficit_sentence(writer: Writer) -> str:
    """What is missing in the last year, and in all, if nothing is done."""
    row = writer.account.unchanged.iloc[-1]
    key = "summary.deficit" if row["shortfall"] < 0 else "summary.no_deficit"
    return writer.say(
        key,
        year=int(row["year"]),
        missing=writer.number(abs(float(row["shortfall"])), 1),
        together=writer.number(abs(float(row["carry_out"])), 1),
    )


def budget_sentence(writer: Writer) -> str:
    """Whether every year's budget is met, and by how much the last one."""
    budget = writer.source.run.budget
    margins = budget[budget["item"] == "margin"] if not budget.empty else budget
    short = [str(row["year"]) for row in margins.to_dict("records") if row["amount_mnkr"] < -1e-6]
    if margins.empty:
        return writer.say("summary.budget_unknown")
    if short:
        return writer.say("summary.budget_short", years=writer.joined(_years(short, writer)))
    least = float(margins["amount_mnkr"].min())
    return writer.say("summary.budget_met", least=writer.number(least, 2))


def _years(found: list[str], writer: Writer) -> list[str]:
    """Years as they are written; the row after the last has no number."""
    return [one.removesuffix(".0") if one != "nan" else writer.say("after_years") for one in found]


def certificate_sentence(writer: Writer) -> str:
    """How good the plan is known to be."""
    found = certificate(writer.source.run.summary, writer.strings)
    if found is None:
        return writer.say("proof.none")
    status, gap = found
    return writer.say("summary.certificate", status=status, gap=gap)


def key_figures(writer: Writer) -> Table:
    """The key figures of every year."""
    rows = list(writer.source.run.summary.get("years", ()))
    heads = (writer.say("column.figure"), *(str(row["year"]) for row in rows))
    lines = [
        (
            writer.say(f"figure.{name}"),
            *(writer.number(row.get(name), decimals) for row in rows),
        )
        for name, decimals in KEY_FIGURES
        if any(row.get(name) is not None for row in rows)
    ]
    return table(writer.say("summary.table"), heads, lines, note=writer.say("summary.table_note"))


def _signing(writer: Writer) -> tuple[Block, ...]:
    leaving = [one for one in writer.account.changes if one.leaves_municipality]
    staying = len(writer.account.changes) - len(leaving)
    board = writer.say("signing.board", count=len(leaving))
    director = writer.say("signing.director", count=staying)
    rows = []
    if leaving:
        rows.append((writer.say("decider.board"), board))
    if staying:
        rows.append((writer.say("decider.director"), director))
    blocks: list[Block] = [Paragraph(writer.say("signing.rule"))]
    if leaving:
        names = writer.joined([f"{one.office} ({writer.town(one.municipality_code)})" for one in leaving])
        blocks.append(Paragraph(writer.say("signing.leaving", names=names)))
    return (*blocks, Signature(tuple(rows)))


def assignment(writer: Writer) -> Section:
    """The question that was asked, the money there is, and every requirement with its outcome."""
    config = writer.source.run.config
    question = (config.get("question") or {}).get(writer.strings.language) or ""
    blocks: list[Block] = []
    if question:
        blocks.append(Paragraph(str(question), "lead"))
    blocks.append(Paragraph(writer.say("assignment.text")))
    years = [writer.source.base_year, *writer.source.run.years]
    money = [writer.source.year(year) for year in years]
    lines = [
        (writer.say(f"money.{name}"), *(writer.number(float(row[f"{name}_mnkr"]), 1) for row in money))
        for name in ("appropriation", "other_income", "saving_limit", "credit_limit")
    ]
    heads = (writer.say("column.mnkr"), *map(str, years))
    blocks.append(table(writer.say("assignment.money"), heads, lines))
    blocks.append(Paragraph(writer.say("assignment.requirements")))
    blocks.append(requirements_table(writer))
    return Section("assignment", writer.say("assignment.heading"), tuple(blocks), page=True)


def requirements_table(writer: Writer) -> Table:
    """Each requirement by year: how many rules, how many hold, how many bind."""
    found = writer.source.run.requirements
    lines: list[tuple[str, ...]] = []
    broken = []
    if not found.empty:
        year = found["year"].map(lambda one: str(one).removesuffix(".0"))
        for (name, when), rows in found.groupby([found["requirement"], year], sort=False):
            holds = int(rows["holds"].sum())
            if holds < len(rows):
                broken.append(len(lines))
            verdict = writer.say("assignment.holds" if holds == len(rows) else "assignment.broken")
            title = writer.strings.text_or(f"requirement.{name}", str(name))
            when_said = when if when not in ("nan", "after") else writer.say("after_years")
            binding = int(rows["binding"].sum())
            lines.append((title, when_said, str(len(rows)), str(holds), str(binding), verdict))
    heads = tuple(writer.say(f"column.{one}") for one in ("requirement", "year", "rules", "kept", "binding", "verdict"))
    note = writer.say("assignment.note")
    return table(writer.say("assignment.table"), heads, lines, words=(0, 1, 5), note=note, strong=tuple(broken))


def method(writer: Writer) -> Section:
    """How the plan is made, in a page."""
    config = writer.source.run.config
    demand = config.get("demand") or {}
    values = {
        "waiting": writer.number(writer.source.setting("demand", "waiting_minutes", 0)),
        "digital": writer.percent(writer.source.setting("demand", "digital_share", 0)),
        "scale": writer.number(writer.source.setting("demand", "decay_scale_minutes", 0)),
        "penalty": writer.number(writer.source.setting("objective", "lost_visit_minutes", 0)),
        "peak": writer.number(writer.source.setting("demand", "peak_factor", 1), 2),
        "productivity": writer.percent(float(demand.get("productivity_growth") or 0), 1),
        "zones": writer.number(len(writer.source.zones)),
        "sites": writer.number(len(writer.source.run.sites)),
    }
    items = tuple(writer.say(f"method.{number}", **values) for number in range(1, 8))
    shares = demand.get("need_shares") or {}
    facts = Facts(
        tuple(
            (writer.need(int(need)), writer.say("method.share", share=writer.percent(float(share))))
            for need, share in shares.items()
        )
    )
    blocks: tuple[Block, ...] = (Paragraph(writer.say("method.text")), Bullets(items))
    if facts.rows:
        blocks = (*blocks, Paragraph(writer.say("method.needs")), facts)
    return Section("method", writer.say("method.heading"), blocks, page=True)


def money_pictures(writer: Writer) -> tuple[Block, ...]:
    """The chart of the budget, where the run has its figures, and the offices by mode."""
    chart = budget_chart(writer.drawing)
    modes = Picture(modes_chart(writer.drawing))
    return (modes,) if chart is None else (Picture(chart), modes)

