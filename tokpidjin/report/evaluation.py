"""How many tasks of the public sets the built-in library answers, as a block of README.md.

python -m tokpidjin.report.evaluation
"""

import sys
import tempfile
from pathlib import Path

from tokpidjin.library import load_solvers
from tokpidjin.machine import usable_cores
from tokpidjin.report.readme import with_block
from tokpidjin.report.tables import Table
from tokpidjin.runner import Executor
from tokpidjin.submission import Submission, submit
from tokpidjin.tasks import data_version, load_tasks

__all__ = ["evaluation_block", "main"]

OWN = "arc-agi-1/training"
"""The set that the built-in solvers are written for."""

OTHERS = ("arc-agi-1/evaluation", "arc-agi-2/training", "arc-agi-2/evaluation")


def main(readme: str = "README.md") -> None:
    """Writes the block into `readme`."""
    path = Path(readme)
    path.write_text(with_block(path.read_text(), "evaluation", evaluation_block()))


def evaluation_block() -> str:
    """The table as Markdown, and on what it was made."""
    executor = Executor(load_solvers(), "native", usable_cores())
    known = {task.id for task in load_tasks(OWN)}
    columns = (
        "set",
        "tasks",
        "of these new",
        "a solver fits all demos",
        "solved",
        "of these new",
        "test outputs",
    )
    table = Table(columns, [_row(spec, executor, known) for spec in (OWN, *OTHERS)])
    return "\n\n".join(
        [
            table.markdown(),
            f"Two attempts a test input; `new` tasks are not in {OWN}. `python -m tokpidjin.report.evaluation`; "
            f"{data_version(OWN)}, {data_version(OTHERS[-1]).split()[-1]}.",
        ]
    )


def _row(spec: str, executor: Executor, known: set[str]) -> tuple[str, ...]:
    tasks = load_tasks(spec)
    with tempfile.TemporaryDirectory() as folder:
        found = submit(executor, tasks, Path(folder, "submission.json"))
    new = [task for task in tasks if task.id not in known]
    score = found.score()
    return (
        spec,
        f"{len(tasks):,}",
        f"{len(new):,}",
        str(sum(bool(task.fitting) for task in found.done.values())),
        str(score.solved),
        str(Submission(new, found.done).score().solved),
        f"{score.right} of {score.known:,} ({score.share:.1%})",
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
