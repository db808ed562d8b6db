"""A survey of invented people who are known one by one: nobody in it exists, every row is made up by a rule."""

import json
from pathlib import Path
from typing import Any

from opinionscope.importers.people_pack import people_pack
from opinionscope.survey.microdata import AttributeEntry, MicrodataFile, microdata_text
from opinionscope.survey.pack import PACK_FORMAT, OptionEntry, PackFile, QuestionEntry, pack_text

PEOPLE = 40
YES_NO = ["Yes", "No", "Refused"]
TEXTS = {
    "ferry": "Should the ferry to the island cost less for families with children?",
    "ferry-again": "Should the ferry to the island now cost less for families with children?",
    "bus": "Should the bus to the harbour run at night?",
    "lamps": "Does your street have enough lamps?",
}


def island(folder: Path, **changes: Any) -> Path:
    """Write the pack and the people into a folder, and return it.

    Person i lives in the town "Upper" or "Lower" by turns, is 20 + i years old, and weighs as `weights` says. Who
    lives in Upper says Yes to the ferry but for every fourth, who lives in Lower says No but for every fourth.
    `stance` says the same as the ferry, word for word another. The last person's age is not known.
    """
    town = [at % 2 for at in range(PEOPLE)]
    ferry = [where if at % 4 < 2 or at % 8 < 4 else 1 - where for at, where in enumerate(town)]
    columns = {
        "ferry": ferry,
        "ferry-again": ferry,
        "bus": [(at // 3) % 2 for at in range(PEOPLE)],
        "lamps": [-1 if at % 5 == 0 else (at // 2) % 2 for at in range(PEOPLE)],
    }
    people = MicrodataFile(
        format="opinionscope-microdata/1",
        dataset="island",
        people=PEOPLE,
        attributes={
            "town": AttributeEntry(values=["Upper", "Lower"], codes=town),
            "age": AttributeEntry(numbers=[*(float(20 + at) for at in range(PEOPLE - 1)), -1.0], cuts=[18, 40]),
            "stance": AttributeEntry(values=["cheaper", "dearer"], codes=ferry),
        },
        options=dict.fromkeys(TEXTS, YES_NO),
        answers=columns,
    )
    for name, value in changes.items():
        setattr(people, name, value)
    options = [OptionEntry("Yes", 1), OptionEntry("No", 0), OptionEntry("Refused", None, True)]
    entries = [QuestionEntry(name, name.capitalize(), text, options=options) for name, text in TEXTS.items()]
    answered = [(each, people.answers[each.id]) for each in entries]
    frame = PackFile(PACK_FORMAT, "island", "The island")
    pack, kept, _ = people_pack(frame, answered, people.attributes, people.weights, ["town", "age"], "made")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "island.pack.json").write_text(pack_text(pack), encoding="utf-8")
    (folder / "island.microdata.json").write_text(microdata_text(kept), encoding="utf-8")
    return folder


def answers_of(folder: Path) -> dict[str, list[int]]:
    """The codes of the people's answers, question by question."""
    found: dict[str, list[int]] = json.loads((folder / "island.microdata.json").read_text("utf-8"))["answers"]
    return found
