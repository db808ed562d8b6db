"""`opinionscope data new`, `export` and `remove`: one's own questions, and packs as files that travel."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from opinionscope.commands.output import print_json
from opinionscope.commands.printing import agreed, tell, write
from opinionscope.errors import OpinionscopeError
from opinionscope.report.as_json import question_json
from opinionscope.settings import bundled
from opinionscope.streams import write_bytes
from opinionscope.survey import Library, Pack
from opinionscope.survey.own import OWN, OwnPack
from opinionscope.survey.own_draft import Draft
from opinionscope.survey.own_lines import LineError
from opinionscope.survey.pack import PACK_SUFFIXES, PackFile, dataset_of, decode_file, pack_text
from opinionscope.survey.text import counted
from opinionscope.workspace import Workspace

STDOUT = Path("-")


class ExportError(OpinionscopeError):
    """A pack that was not exported."""

    title = "Nothing exported"


class RemoveError(OpinionscopeError):
    """Data that were not removed."""

    title = "Nothing removed"


def new_question(
    workspace: Workspace,
    *,
    title: str,
    text: str,
    context: str,
    options: Sequence[str],
    nonresponse: Sequence[str],
    people: Sequence[str],
    pack: str,
    as_json: bool,
) -> None:
    """Save a question, and print its id.

    Raises:
        LineError: with the first thing that is not right.
        OwnPackError: if it cannot be saved.
    """
    own = OwnPack.named(pack, workspace.library, workspace.paths.data)
    lines = "\n".join([*options, *(f"{label} = no answer" for label in nonresponse)])
    checked = Draft(title, text, context, lines, "\n".join(people)).check(own.groups())
    for field, problem in checked.problems.items():
        raise LineError(f"--{_OPTION_OF.get(field, field)}: {problem}")
    new_id = own.add(checked.written())
    if as_json:
        library = Library.load([workspace.paths.data])
        print_json(question_json(library.question(f"{own.dataset}/{new_id}"), library) | {"file": str(own.path)})
    else:
        write(f"{own.dataset}/{new_id}")
        tell(f"Saved in {own.path}")


_OPTION_OF = {"options": "option", "people": "human"}


def require_terminal() -> None:
    """See to it that a form can be shown.

    Raises:
        LineError: saying what to type instead.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise LineError(
            "without a terminal a question needs at least --text and two times --option; "
            "`opinionscope data new --help` has an example"
        )


def export_pack(workspace: Workspace, dataset: str, file: Path | None, force: bool) -> None:
    """Write a pack to a file or to stdout, byte for byte as it is kept unless another kind of file is wanted.

    Raises:
        NotFoundError: if there is no such dataset.
        ExportError: if the file is there already, or cannot be written.
    """
    pack = workspace.library.pack(dataset)
    target = None if file in (None, STDOUT) else file
    if target is not None and target.is_dir():
        target /= pack.path.name
    kind = target.suffix if target else pack.path.suffix
    if kind not in (".json", pack.path.suffix):
        raise ExportError(f"{target} must end in .pack.json{' or .pack.toml' if pack.path.suffix == '.toml' else ''}")
    if kind == pack.path.suffix:
        content = pack.path.read_bytes()
    else:
        content = pack_text(decode_file(pack.path, PackFile)).encode()
    if target is None:
        write_bytes(content)
    else:
        _write(target, content, force)
        tell(f"{counted(len(pack.questions), 'question')} of {pack.dataset} written to {target}")
    if warning := licence_warning(pack):
        tell(f"Warning: {warning}")
    if (people := workspace.library.microdata(pack.dataset)) is not None:
        told = "stay here: where the pack is imported, groups are not composed of them, and none of them is drawn"
        tell(f"The single answers of {people.people:,} people {told}.")


def licence_warning(pack: Pack) -> str:
    """What to know before a pack is passed on; "" if its texts are the user's own."""
    if any(question.wording == "verbatim" for question in pack.questions):
        licence = pack.card.licence or "no licence is stated"
        return f"the wordings of {pack.dataset} are other people's; before you pass them on: {licence}"
    if pack.card.licence and any(question.wording != OWN for question in pack.questions):
        return f"the figures of {pack.dataset} are other people's; before you pass them on: {pack.card.licence}"
    return ""


def _write(target: Path, content: bytes, force: bool) -> None:
    try:
        with target.open("wb" if force else "xb") as out:
            out.write(content)
    except FileExistsError as error:
        raise ExportError(f"{target} is there already; --force writes over it") from error
    except OSError as error:
        raise ExportError(f"{target} cannot be written ({error.strerror}); check the path and its rights") from error


def remove_data(workspace: Workspace, dataset: str, yes: bool) -> int:
    """Remove the user's files of a dataset, when that has been agreed to, and return the exit code.

    Raises:
        NotFoundError: if there is no such dataset.
        RemoveError: if it is bundled only, or nobody can be asked.
    """
    files = list(_files(workspace, dataset))
    if not files:
        pack = workspace.library.pack(dataset)
        raise RemoveError(f"{pack.dataset} came with the program; only what you imported or wrote can be removed")
    for path in files:
        tell(f"  {path}")
    if not yes:
        if not sys.stdin.isatty():
            raise RemoveError("there is nobody to ask here; --yes removes the files above")
        lost = _lost(workspace.library, dataset)
        if not agreed(f"Remove {counted(len(files), 'file')}{lost}?"):
            tell("Nothing removed.")
            return 0
    try:
        for path in files:
            path.unlink()
            _remove_if_empty(path.parent, workspace.paths.data)
    except OSError as error:
        raise RemoveError(f"{error.filename} cannot be removed ({error.strerror}); check its rights") from error
    again = any(pack.dataset == dataset for pack in Library.load([bundled("data")]).packs)
    back = "; the bundled one takes its place again" if again else ""
    tell(f"{dataset}: {counted(len(files), 'file')} removed{back}")
    return 0


def _lost(library: Library, dataset: str) -> str:
    """Questions that nobody else has."""
    own = [q for q in library.questions if q.dataset == dataset and q.wording == OWN]
    return f", with {counted(len(own), 'question')} of your own" if own else ""


def _files(workspace: Workspace, dataset: str) -> Iterator[Path]:
    """The user's files of a dataset: its pack, single people's answers, recorded answers."""
    folder, library = workspace.paths.data, workspace.library
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.name.endswith(PACK_SUFFIXES) and dataset_of(path) == dataset:
            yield path
    for path in (*library.microdata_files, *library.answer_files, *library.published_files):
        if path.is_relative_to(folder) and dataset_of(path) == dataset:
            yield path


def _remove_if_empty(folder: Path, top: Path) -> None:
    if folder != top and not any(path for path in folder.iterdir() if path.name != ".own.lock"):
        (folder / ".own.lock").unlink(missing_ok=True)
        folder.rmdir()
