"""`opinionscope sweep submit`, and what `sweep collect` fetches: batches at a provider, begun now and read later."""

from collections.abc import Sequence
from pathlib import Path

from opinionscope.commands.printing import tell, write
from opinionscope.errors import FAILED, OpinionscopeError
from opinionscope.history.sweep_writer import BatchWriter
from opinionscope.runs.batch_files import BatchError, Collected
from opinionscope.runs.submission import Submission
from opinionscope.runs.submissions import Fetched, check_new, digest_of, door_of, fetch, read_shard, submit
from opinionscope.stopping import run_stoppable
from opinionscope.survey.text import clean_line, counted
from opinionscope.workspace import Workspace


def submit_files(workspace: Workspace, paths: Sequence[Path], anyway: bool) -> int:
    """Hand files of calls in to the batch API of their provider; the ids of the batches go to stdout.

    Raises:
        OpinionscopeError: before anything is sent, if a file is none, was handed in already, or cannot be.
    """
    files = [file for path in paths for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]
    if not files:
        raise BatchError(
            f"there is no .jsonl file in {', '.join(map(str, paths))}; `opinionscope sweep export` makes it"
        )
    with BatchWriter(workspace.history) as store:
        shards = [read_shard(path, workspace.history) for path in files]
        store.hold_sweeps(dict.fromkeys(shard.sweep for shard in shards))
        if not anyway:
            for shard in shards:
                check_new(shard, workspace.history)

        async def handed_in() -> list[Submission]:
            doors = {
                key: await door_of(workspace.connect, *key) for key in {(each.model, each.api_base) for each in shards}
            }
            done = []
            for shard in shards:
                try:
                    made = await submit(shard, doors[shard.model, shard.api_base], workspace.history)
                except OpinionscopeError as error:
                    tell(f"{shard.path.name} was not handed in. {error}")
                    continue
                done.append(made)
                write(made.batch_id)
                tell(f"{shard.path.name}: {counted(made.calls, 'call')}, batch {made.batch_id} at {made.provider}.")
            return done

        done = run_stoppable(handed_in())
    for sweep in dict.fromkeys(made.sweep for made in done):
        tell(f"`opinionscope sweep collect {sweep}` fetches the results once they are there, usually within 24 hours.")
    return FAILED if len(done) < len(shards) else 0


def wanted_by(workspace: Workspace, names: Sequence[str]) -> tuple[list[Path], list[Submission]]:
    """What names mean: files of results, folders of files that were handed in, sweeps, batches.

    Returns:
        Files of results, and batches to fetch.

    Raises:
        OpinionscopeError: if a name means nothing.
    """
    files: list[Path] = []
    wanted: list[Submission] = []
    known = workspace.history.submissions()
    for name in names:
        path = Path(name)
        if path.is_dir():
            wanted += _of_files(path, sorted(path.glob("*.jsonl")), known)
        elif path.is_file():
            same = [each for each in known if path.stat().st_size and each.digest == digest_of(path.read_bytes())]
            wanted += same
            files += [] if same else [path]
        else:
            wanted += _of_name(workspace, name, known)
    return files, list({each.id: each for each in wanted}.values())


def _of_files(folder: Path, files: Sequence[Path], known: Sequence[Submission]) -> list[Submission]:
    digests = {digest_of(path.read_bytes()) for path in files}
    found = [each for each in known if each.digest in digests]
    if not found:
        raise BatchError(f"no file in {folder} was handed in; name the files of results themselves")
    return found


def _of_name(workspace: Workspace, name: str, known: Sequence[Submission]) -> list[Submission]:
    name = clean_line(name)
    if found := [each for each in known if name in (each.id, each.batch_id)]:
        return found
    try:
        row = workspace.history.sweep(name)
    except OpinionscopeError as error:
        raise BatchError(f"{name} is no file, no batch and no sweep; `opinionscope sweep list` lists sweeps") from error
    found = [each for each in known if each.sweep == row.id]
    if not found:
        raise BatchError(f"nothing was handed in for sweep {row.id}; `opinionscope sweep submit DIR` does it")
    return found


def fetch_all(
    workspace: Workspace, store: BatchWriter, made: Sequence[Submission], collected: Collected
) -> tuple[list[Fetched], int]:
    """Ask how far batches are, read the results of those that have ended, and say so.

    Returns:
        What was fetched, and how many batches could not be asked about.
    """
    fetched: list[Fetched] = []
    failed = 0
    store.hold_sweeps(dict.fromkeys(each.sweep for each in made))

    async def asked() -> None:
        nonlocal failed
        for each in made:
            if not each.is_open:
                when = f"its results were read on {each.collected:%Y-%m-%d}" if each.collected else f"it {each.status}"
                tell(f"{each.words}: {when}.")
            elif not each.batch_id:
                tell(f"{each.words}; look at its list of batches, and name the file of results here.")
            else:
                try:
                    door = await door_of(workspace.connect, each.model, each.api_base)
                    fetched.append(await fetch(each, door, workspace.history, store, collected))
                    tell(f"{fetched[-1].words}.")
                except OpinionscopeError as error:
                    failed += 1
                    tell(f"{each.words}: {error}")

    if made:
        run_stoppable(asked())
    return fetched, failed
