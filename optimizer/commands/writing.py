"""A run folder written, whole and verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from geodata.problems import VerificationFailed
from optimizer.building.case import Case
from optimizer.commands.invocation import command_line
from optimizer.outputs.folder import write_run
from optimizer.outputs.publications import publish
from optimizer.plan import Plan
from optimizer.verify import verify

RUNS = Path("runs")


def write_verified(
    folder: Path,
    case: Case,
    plan: Plan,
    certificate: Mapping[str, object],
    *,
    left: Sequence[Mapping[str, object]] = (),
    begun_from: Mapping[str, object] | None = None,
    command: str | None = None,
) -> Path:
    """Write the run folder of a plan, with everything asked for in `output`, and verify it.

    ``left``: what has left this machine for the plan, beside travel: rows of the manifest.
    ``begun_from``: the run that the search began with. ``command``: the command line, where it is
    not that of this process.
    """
    output = case.scenario.output

    def finish(unfinished: Path) -> None:
        publish(unfinished, output.formats, language=output.language)

    return write_run(
        folder,
        case,
        plan,
        certificate,
        command=command_line() if command is None else command,
        more=finish,
        check=verified,
        left=left,
        begun_from=begun_from,
    )


def verified(folder: Path) -> None:
    """Verify a run that is not in its place yet. Raises VerificationFailed."""
    result = verify(folder, finished=False)
    if not result.ok:
        raise VerificationFailed(tuple(finding.sentence for finding in result.findings))
