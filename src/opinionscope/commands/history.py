"""`opinionscope history`: saved runs."""

import asyncio

from opinionscope.commands.output import counted, print_json, print_lines, print_table
from opinionscope.commands.print_run import print_kept, print_run
from opinionscope.commands.printing import tell, write
from opinionscope.commands.probing import Probe
from opinionscope.commands.prompt import print_prompt, prompt_json
from opinionscope.report import answer_lines, reading_lines, row_json, run_json
from opinionscope.report.names import without_folders
from opinionscope.workspace import Workspace


def list_runs(session: Workspace, search: str, limit: int, as_json: bool) -> None:
    """Print runs, newest first; none if there is no history yet."""
    rows = session.history.page(search, limit=limit)
    if as_json:
        print_json([row_json(row) for row in rows])
        return
    table = [
        (
            row.id,
            f"{row.created:%Y-%m-%d %H:%M}",
            row.question.id,
            row.group,
            row.steering,
            row.format,
            without_folders(row.model),
            row.status,
            "–" if row.kl is None else f"{row.kl:.3f}",
            "–" if row.tv is None else f"{row.tv:.3f}",
            f"{row.answered}/{row.planned}",
            f"muted: {row.measures_muted}" if row.measures_muted else "",
        )
        for row in rows
    ]
    header = (
        "RUN",
        "CREATED (UTC)",
        "QUESTION",
        "GROUP",
        "STEERING",
        "FORMAT",
        "MODEL",
        "STATUS",
        "KL nats",
        "TV",
        "ANSWERS",
        "NOTE",
    )
    print_table(header, table, (26, 16, 20, 12, 8, 10, 24, 9, 7, 5, 9, 30), least_needed=(10, 11))
    if not session.history.exists:
        tell(f"No history yet at {session.history.path}; `opinionscope run` creates one.")
        return
    tell(f"{len(rows)} of {counted(session.history.count(search), 'run')}")


def show_run(session: Workspace, run_id: str, prompt: bool, bits: bool, as_json: bool) -> None:
    """Print one saved run."""
    run = session.history.get(run_id)
    if as_json:
        print_json(run_json(run) | ({"prompt": prompt_json(run)} if prompt else {}))
        return
    print_run(run, "bits" if bits else session.settings.unit)
    print_kept(run, is_kept=True)
    if run.error:
        write(f"\n{run.status}: {run.error_title}: {run.error}")
    write("\nReading\n")
    print_lines(reading_lines(run))
    write("\nAnswer\n")
    print_lines(answer_lines(run))
    if prompt:
        write("\nPrompt\n")
        print_prompt(run)


def resume_run(session: Workspace, run_id: str, bits: bool, as_json: bool) -> int:
    """Ask for the missing answers of a run, print it, and return the exit code as `run` does."""
    run, prober = session.history.get(run_id), session.prober()
    probe = Probe(session, prober, run.model, run.api_base, as_json=as_json, bits=bits)
    return probe.carried_out(lambda watch: prober.resume(run.id, watch))


def score_run(session: Workspace, run_id: str, bits: bool, as_json: bool) -> int:
    """Score a run with the answers so far, print it, and return the exit code as `run` does."""
    run, prober = session.history.get(run_id), session.prober()
    probe = Probe(session, prober, run.model, run.api_base, as_json=as_json, bits=bits)
    scored = asyncio.run(prober.score(run))
    probe.show(scored)
    return probe.told(scored)
