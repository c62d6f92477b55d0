"""A sweep from its YAML to its folder: points solved by workers, tables, and what follows."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from geodata.problems import InputError, number_of
from optimizer import __version__
from optimizer.commands.point_run import RUNS_FOLDER, SENT, run_tasks, write_point_run
from optimizer.commands.writing import RUNS
from optimizer.jobs.cluster import ClusterWorkers
from optimizer.jobs.doing import Countdown, Stopped, do_all
from optimizer.jobs.workers import Finished, LocalWorkers, Workers, cores
from optimizer.outputs.frontier import write_chart
from optimizer.outputs.tables import write_csv, write_parquet
from optimizer.progress import ProgressReporter
from optimizer.whatif.sweep.alternatives import (
    alternatives_sentences,
    alternatives_table,
    best_point,
    refuse_too_different,
    seek,
    shared_table,
)
from optimizer.whatif.sweep.frontier import (
    ends,
    first_points,
    follow,
    frontier_sentences,
    frontier_table,
)
from optimizer.whatif.sweep.of_kinds import left_behind
from optimizer.whatif.sweep.points import Base, Point, PointsRefused, base_of, points_of
from optimizer.whatif.sweep.proved import proved_away
from optimizer.whatif.sweep.reading import Source, read_sweep
from optimizer.whatif.sweep.record import Record, States
from optimizer.whatif.sweep.roadmap import roadmap_sentences, roadmap_table
from optimizer.whatif.sweep.robust import (
    LEAST_REGRET,
    Seeking,
    assessments,
    fates_table,
    plans_of,
    ranking_table,
    regrets_table,
    robust_sentences,
    seek_least_regret,
)
from optimizer.whatif.sweep.running import Solver
from optimizer.whatif.sweep.solving import assess, case_of
from optimizer.whatif.sweep.statement import (
    AlternativesSweep,
    FrontierSweep,
    RoadmapSweep,
    RobustSweep,
)
from optimizer.whatif.sweep.store import MARK, Store
from optimizer.whatif.sweep.tables import plan_table, plans_table, results_table, status_of
from optimizer.whatif.sweep.tried import refuse_wrong_tables, wrong_tables
from optimizer.whatif.sweep.two_stage import (
    choices_table,
    closures_table,
    decide,
    two_stage_sentences,
)

#: How points ended, as people read it; the tables have the keys.
_STATUSES = {
    "gap_reached": "within the gap",
    "time_limit": "stopped by the time limit",
    "interrupted": "interrupted",
    "no_plan": "proved to have no plan",
    "limit": "without a plan in the time given",
    "wrong_input": "with wrong input",
    "bug": "ended by an error of the program",
    "lost": "lost with its worker",
    "not_solved": "not solved",
}


@dataclass(frozen=True)
class SweepResult:
    """A sweep that has ended: its folder and its summary."""

    folder: Path
    summary: Mapping[str, Any]

    def sentences(self) -> list[str]:
        """What a person reads first."""
        one = self.summary
        found = one["statuses"].items()
        counts = ", ".join(f"{number} {_STATUSES.get(status, status)}" for status, number in found)
        lines = [f"{one['name']}: {number_of(one['points'], 'point')}: {counts}."]
        if one["found_earlier"]:
            were = "was" if one["found_earlier"] == 1 else "were"
            lines.append(f"{one['found_earlier']} {were} solved by an earlier sweep.")
        if one["interrupted"]:
            lines.append("Interrupted: give the same command to go on.")
        lines += [f"Run folder not written: {text}" for text in one["runs_failed"]]
        return [*lines, *one["findings"], f"Written to {self.folder}"]


def sweep(
    path: Path,
    out: Path | None,
    report: ProgressReporter,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
) -> SweepResult:
    """Solve every point of a sweep that is not solved yet, and write the tables of all.

    Raises InputError before anything is solved or written if the sweep, a point, the folder or
    the scheduler is wrong. Tables of another kind of sweep in the folder are taken away.
    """
    began = time.monotonic()
    report.stage("Checking the points")
    source = read_sweep(path)
    base = base_of(source)
    points = _sound_points(base)
    if isinstance(source.sweep, AlternativesSweep):
        refuse_too_different(base, source.sweep, len(case_of(points[0].text).instance.sites))
    store = Store(out if out is not None else RUNS / source.sweep.name)
    store.refuse_foreign()
    side_by_side = jobs if jobs is not None else cores()
    threads = 1 if scheduler is not None else max(1, cores() // side_by_side)
    with _workers(side_by_side, scheduler, report) as workers:
        store.open()
        store.remove(left_behind(store.read(MARK).get("sweep") or {}, source.sweep))
        store.write(MARK, _statement(source, points))
        solver = Solver(store, workers, report, threads=threads, warm_start=source.sweep.warm_start)
        summary = _Work(base, store, solver, side_by_side, report).done(points)
    summary |= {"seconds": time.monotonic() - began, "version": __version__}
    store.write("summary.json", summary)
    return SweepResult(store.folder, summary)


def known_points(base: Base) -> list[Point]:
    """The points that are known before any is solved."""
    if isinstance(base.source.sweep, FrontierSweep):
        return first_points(base)
    if isinstance(base.source.sweep, AlternativesSweep | RoadmapSweep):
        return [best_point(base)]
    return points_of(base)


def _sound_points(base: Base) -> list[Point]:
    """The points, their tables read. Raises InputError with what is wrong with any of them."""
    try:
        points = known_points(base)
    except PointsRefused as refused:
        raise InputError([*refused.problems, *wrong_tables(refused.sound)]) from None
    refuse_wrong_tables(points)
    return points


def _workers(jobs: int, scheduler: str | None, report: ProgressReporter) -> Workers:
    return LocalWorkers(jobs) if scheduler is None else ClusterWorkers(scheduler, report.message)


def _statement(source: Source, points: Sequence[Point]) -> dict[str, Any]:
    """sweep.json: what was asked."""
    return {
        "sweep": source.sweep.model_dump(mode="json", by_alias=True),
        "config": str(source.config),
        "version": __version__,
        "points": [{"point": one.name, "key": one.key, "set": one.values} for one in points],
    }


@dataclass(frozen=True)
class _Work:
    """A sweep at work."""

    base: Base
    store: Store
    solver: Solver
    jobs: int
    report: ProgressReporter

    def done(self, points: Sequence[Point]) -> dict[str, Any]:
        """Solve, and write what the kind of sweep asks for. The summary."""
        sweep = self.base.source.sweep
        told: dict[str, Any] = {"interrupted": False, "runs_failed": [], "findings": []}
        try:
            if isinstance(sweep, FrontierSweep):
                self.report.stage("Following the frontier")
                follow(self.base, sweep, self.solver)
            elif isinstance(sweep, AlternativesSweep):
                self.report.stage("Seeking plans that differ")
                seek(self.base, sweep, self.solver)
            else:
                self.report.stage(f"Solving {number_of(len(points), 'point')}")
                self.solver.solve(points)
            if sweep.runs:
                told["runs_failed"] = self._write_runs()
            if isinstance(sweep, RobustSweep):
                told["findings"] = self._robust(sweep, points)
            elif isinstance(sweep, RoadmapSweep):
                told["findings"] = self._roadmap(points[0])
        except (Stopped, KeyboardInterrupt):
            told["interrupted"] = True
        asked = self.solver.points or list(points)
        if isinstance(sweep, RobustSweep):  # second stages have a table of their own
            asked = list(points)
        self._tables(asked)
        if isinstance(sweep, FrontierSweep):
            told["findings"] = self._frontier(sweep, interrupted=told["interrupted"])
        elif isinstance(sweep, AlternativesSweep):
            told["findings"] = self._alternatives(sweep)
        return {
            "name": sweep.name,
            "kind": sweep.model_dump()["kind"],
            "points": len(asked),
            "statuses": _statuses(asked, self.solver.records),
            "found_earlier": sum(point.key in self.solver.earlier for point in asked),
            "left_this_machine": self._left(),
            **told,
        }

    def _left(self) -> list[dict[str, object]]:
        """What was sent to clusters: all points that any of them was given, solved or not."""
        earlier = {key: record.sent_to for key, record in self.solver.records.items()}
        sent = Counter((earlier | self.solver.sent).values())
        places = sorted(place for place in sent if place)
        return [{"to": place, "what": SENT, "points": sent[place]} for place in places]

    def _tables(self, points: Sequence[Point]) -> None:
        results = results_table(points, self.solver.records)
        plans = plans_table(points, self.solver.records)
        self.store.write_by("results.parquet", lambda path: write_parquet(results, path))
        self.store.write_by("plans.parquet", lambda path: write_parquet(plans, path))

    def _write_runs(self) -> list[str]:
        """The run folder of each plan that has none yet; a sentence for each that failed."""
        self.report.stage("Writing the run folders")
        wanted = run_tasks(self.solver.points, self.solver.records, self.store.folder / RUNS_FOLDER)
        failed: list[str] = []

        def note(finished: Finished) -> None:
            error = finished.why if finished.value is None else finished.value["error"]
            if error:
                failed.append(f"{finished.tag}: {error}")

        with LocalWorkers(self.jobs) as workers:  # folders are written here, never by a cluster
            countdown = Countdown(self.report, len(wanted))
            do_all(wanted, write_point_run, wanted.__getitem__, workers, note, countdown)
        return failed

    def _robust(self, sweep: RobustSweep, points: Sequence[Point]) -> list[str]:
        solver = self.solver
        plans = plans_of(points, solver.records)
        if sweep.seek_seconds > 0 and len(plans) > 1:
            plans |= self._least_regret(sweep, points, plans)
        self.report.stage("Trying every plan in every scenario")
        tasks = assessments(points, solver.records, plans)
        rows: dict[str, list[dict[str, Any]]] = {}

        def keep(finished: Finished) -> None:
            if finished.value is not None:
                rows[finished.tag] = finished.value["plans"]

        with LocalWorkers(self.jobs) as workers:
            countdown = Countdown(self.report, len(tasks))
            do_all(tasks, assess, tasks.__getitem__, workers, keep, countdown)
        regrets = regrets_table(points, solver.records, rows)
        ranking = ranking_table(regrets)
        offices = fates_table(points, solver.records, self._names())
        for name, table in (("regrets", regrets), ("candidates", ranking), ("robust", offices)):
            self.store.write_by(f"{name}.csv", partial(write_csv, table))
        findings = robust_sentences(ranking, offices)
        return findings + (self._two_stage(sweep, points) if sweep.closure_choices else [])

    def _names(self) -> dict[str, str]:
        """What the sites of the base config are called."""
        case = case_of(self.base.scenario.model_dump_json(by_alias=True))
        return dict(zip(case.instance.sites, case.sites["office"].astype(str), strict=True))

    def _least_regret(
        self, sweep: RobustSweep, points: Sequence[Point], plans: Mapping[str, States]
    ) -> dict[str, States]:
        """The plan of least greatest regret; found again if it was sought before."""
        self.report.stage("Seeking the plan of least greatest regret")
        texts = {point.name: point.text for point in points if point.name in plans}
        task = Seeking(texts, plans, sweep.seek_seconds)
        found = self.store.read("least-regret.json")
        if found.get("key") != task.key:
            found = {"key": task.key, **seek_least_regret(task)}
            self.store.write("least-regret.json", found)
        if found["plan"] is None:
            return {}
        plan = States.of(found["plan"])
        self.store.write_by("least-regret.csv", partial(write_csv, plan_table(plan)))
        return {LEAST_REGRET: plan}

    def _two_stage(self, sweep: RobustSweep, points: Sequence[Point]) -> list[str]:
        self.report.stage("Deciding closures before the future is known")
        found = decide(self.base, sweep, self.solver, points)
        if found is None:
            return ["Too few futures have a plan for closures to be decided first."]
        self.store.write_by("two-stage.csv", partial(write_csv, choices_table(found)))
        self.store.write_by("closures.csv", partial(write_csv, closures_table(found)))
        return two_stage_sentences(found)

    def _roadmap(self, point: Point) -> list[str]:
        self.report.stage("Ordering the changes of the plan")
        record = self.solver.records[point.key]
        case = case_of(point.text)
        states = None if record.plan is None else record.plan.fitted(case.instance)
        if states is None:
            return ["No plan was found: there are no changes to order."]
        table = roadmap_table(case, states)
        self.store.write_by("roadmap.csv", partial(write_csv, table))
        return roadmap_sentences(table)

    def _alternatives(self, sweep: AlternativesSweep) -> list[str]:
        table = alternatives_table(self.solver.points, self.solver.records)
        shared = shared_table(self.solver.points, self.solver.records)
        self.store.write_by("alternatives.csv", partial(write_csv, table))
        self.store.write_by("shared.csv", partial(write_csv, shared))
        return alternatives_sentences(sweep, table, shared)

    def _frontier(self, sweep: FrontierSweep, *, interrupted: bool) -> list[str]:
        points, records = self.solver.points, self.solver.records
        ended = ends(sweep, points, records, interrupted=interrupted)
        table = frontier_table(self.base, sweep, points, records)
        away = proved_away(self.base, sweep, points, records)
        maps = [f"{RUNS_FOLDER}/{point}/map.html" for point in table["point"]]
        table["run"] = [one if (self.store.folder / one).is_file() else "" for one in maps]
        self.store.write_by("frontier.csv", partial(write_csv, table))
        language = self.base.scenario.output.language
        for form in ("html", "svg"):
            draw = partial(
                write_chart,
                form=form,
                table=table,
                aims=sweep.aims,
                best=sweep.best,
                title=sweep.name,
                language=language,
                open_at=asdict(ended),
                away=[asdict(one) for one in away if one.asked],
            )
            self.store.write_by(f"frontier.{form}", draw)
        return frontier_sentences(sweep, table, away, ended)


def _statuses(points: Sequence[Point], records: Mapping[str, Record]) -> dict[str, int]:
    found = Counter(status_of(records.get(point.key)) for point in points)
    return dict(sorted(found.items()))
