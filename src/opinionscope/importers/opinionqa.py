"""OpinionQA as its authors distribute it (Santurkar et al. 2023): one folder a wave of Pew's American Trends Panel.

A folder has ``info.csv`` (questions), ``metadata.csv`` (attributes) and either ``responses.csv`` (one row a person,
with weights; the bundle of the authors' worksheet) or ``*_data.json`` (counts by attribute; their repository).
Each wave becomes a dataset of its own: its people, weights and dates are its own, and the same panellist may be in
several waves, so people of different waves must not be added up.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from opinionscope.importers.base import (
    Gathered,
    ImportOptions,
    ImportRefusedError,
    SetAside,
    first_reasons,
    refuse_options,
)
from opinionscope.importers.cards import study_card
from opinionscope.importers.lending import Lender
from opinionscope.importers.opinionqa_items import INFO, NAMES, WaveItem, read_items
from opinionscope.importers.opinionqa_waves import RESPONSES, Wave, from_counts, from_people, items_of_counts
from opinionscope.regexes import regex
from opinionscope.survey.pack import PACK_FORMAT, PackError, PackFile, QuestionEntry, decode_file
from opinionscope.survey.text import clean_line, fold
from opinionscope.survey.titles import Names, short_title
from opinionscope.values import replace

FOLDER = "opinionqa-waves"
"""Where in the user's data folder the files go."""
GROUPED_BY = ("party", "sex", "race", "age")
"""The attributes whose values are groups of the pack if nothing else is asked for; any others can be composed."""
WAVES: Mapping[str, tuple[str, int]] = {
    "26": ("guns", 2017),
    "27": ("automation", 2017),
    "29": ("gender", 2017),
    "32": ("communities", 2018),
    "34": ("food and medicine", 2018),
    "36": ("women as leaders", 2018),
    "41": ("the year 2050", 2018),
    "42": ("trust in science", 2019),
    "43": ("race", 2019),
    "45": ("misinformation", 2019),
    "49": ("privacy", 2019),
    "50": ("family", 2019),
    "54": ("economic inequality", 2019),
    "82": ("global affairs", 2021),
    "92": ("political typology", 2021),
}
"""Wave → what it was mostly about, and its year."""

_WAVE = regex(r"American_Trends_Panel_W(\d+)")


class OpinionQAImporter:
    """OpinionQA's own distribution, or some of its waves."""

    name = "opinionqa"
    reads = "OpinionQA's own distribution: a folder with human_resp/American_Trends_Panel_W… in it, or one such wave"

    def recognises(self, path: Path) -> bool:
        """Whether the path is a wave's folder, or has some in it."""
        return bool(wave_folders(path))

    def gather(self, path: Path, options: ImportOptions) -> Gathered:
        """Read the waves, each as a dataset ``opinionqa-w26`` and so on.

        `attributes` says which of them make groups; `questions` may name waves (``W26``) and keys.

        Raises:
            ImportRefusedError: if there is no wave, a named one is not there, or none can be read.
        """
        refuse_options(options, self.name, "attributes", "questions")
        folders = wave_folders(path)
        if not folders:
            raise ImportRefusedError(
                f"{clean_line(path.name)} holds no wave of OpinionQA; expected folders such as "
                f"human_resp/American_Trends_Panel_W26 with {INFO} in them"
            )
        by, gathered = _grouped_by(options.attributes), Gathered(FOLDER)
        known = _bundled(options.bundled)
        wanted = _Wanted(options.questions)
        for number, folder in folders.items():
            try:
                wave = _wave(folder, number, wanted, by, known)
            except ImportRefusedError as error:
                gathered.set_aside.append(SetAside(folder.name, error.message))
                continue
            if wave is not None:
                gathered.add_pack(wave.pack)
                if wave.people is not None:
                    gathered.add_microdata(wave.people)
                gathered.put_aside(wave.set_aside, wave.pack.dataset)
        wanted.check()
        if not gathered.datasets:
            raise ImportRefusedError(f"no wave of OpinionQA could be read{first_reasons(gathered.set_aside)}")
        return gathered


def wave_folders(path: Path) -> dict[str, Path]:
    """Number of the wave → its folder, upwards; none if nothing can be read."""
    try:
        if _WAVE.fullmatch(path.name) and (path / INFO).is_file():
            found = [path]
        else:
            bases = (path, path / "human_resp", path / "data" / "human_resp")
            found = [each for base in bases if base.is_dir() for each in base.iterdir() if (each / INFO).is_file()]
    except OSError:
        return {}
    waves = {match[1]: folder for folder in found if (match := _WAVE.fullmatch(folder.name))}
    return dict(sorted(waves.items(), key=lambda wave: int(wave[0])))


class _Wanted:
    """The waves and keys that were asked for, and which of them were met."""

    def __init__(self, named: Sequence[str]) -> None:
        self._named = {fold(name): name for name in named}
        self._met: set[str] = set()

    def of(self, number: str, keys: Sequence[str]) -> list[str]:
        """The keys of a wave to read."""
        if not self._named:
            return list(keys)
        if (wave := f"w{number}") in self._named:
            self._met |= {wave}
            return list(keys)
        found = [key for key in keys if fold(key) in self._named]
        self._met |= {fold(key) for key in found}
        return found

    def check(self) -> None:
        """Refuse what no wave has."""
        if missing := [name for folded, name in self._named.items() if folded not in self._met]:
            raise ImportRefusedError(
                f"no wave has {', '.join(map(clean_line, missing))}; expected waves such as W26, or keys of questions"
            )


def _wave(
    folder: Path, number: str, wanted: _Wanted, by: Sequence[str], known: Mapping[str, QuestionEntry]
) -> Wave | None:
    """One wave; None if nothing of it was asked for."""
    items, aside = read_items(folder)
    single = (folder / RESPONSES).is_file()
    if not single:
        items |= items_of_counts(folder, items)
    keys = wanted.of(number, list(items))
    if not keys:
        return None
    items = {key: items[key] for key in keys}
    about, year = WAVES.get(number, ("", 0))
    title = f"OpinionQA W{number}{f': {about} ({year})' if about else ''}"
    fielded = f"Wave {number} of the panel{f', {year}' if year else ''}"
    card = replace(study_card("opinionqa"), fielded=fielded)
    frame = PackFile(PACK_FORMAT, f"opinionqa-w{number}", title, "political", card=card)
    entries = _entries(items, known)
    if single:
        wave = from_people(folder, number, items, entries, frame, by)
    else:
        wave = from_counts(folder, items, entries, frame, by)
    wave.set_aside[:0] = aside
    return wave


def _entries(items: Mapping[str, WaveItem], known: Mapping[str, QuestionEntry]) -> dict[str, QuestionEntry]:
    """Questions without distributions; the bundled pack lends titles and topics."""
    lent = {key: known[key] for key in items if key in known}
    titles, ids = Names(entry.title for entry in lent.values()), Names(())
    return {
        key: QuestionEntry(
            id=ids.slug("-".join(key.split()), "2", as_is=True),
            title=lent[key].title if key in lent else titles.title(short_title(item.text)),
            text=item.text,
            topics=lent[key].topics if key in lent else [],
            options=list(item.options),
            source_key=key,
        )
        for key, item in items.items()
    }


def _bundled(folder: Path | None) -> Mapping[str, QuestionEntry]:
    with suppress(PackError):
        return Lender(decode_file(folder / "opinionqa.pack.json", PackFile) if folder else None).known
    return {}


def _grouped_by(named: Sequence[str]) -> list[str]:
    """Our names of the attributes that make groups.

    Raises:
        ImportRefusedError: if one is none of OpinionQA's.
    """
    ours = {fold(source): name for source, name in NAMES.items()} | {fold(name): name for name in NAMES.values()}
    if unknown := [name for name in named if fold(name) not in ours]:
        raise ImportRefusedError(
            f"OpinionQA has no attribute {clean_line(unknown[0])}; there are {', '.join(NAMES.values())}"
        )
    return list(dict.fromkeys(ours[fold(name)] for name in named)) or list(GROUPED_BY)
