"""What somebody would answer who does not know the group."""

from opinionscope.survey import Library


def test_where_the_source_has_everyone_they_are_the_pool_of_every_group_but_themselves(write, pack) -> None:
    pack["groups"] |= {"Everyone": {}, "Regulars": {}}
    pack["questions"][0]["human"] |= {"Everyone": [50, 30, 15, 5], "Regulars": [5, 3, 1, 1]}
    library = Library.load([write(pack, "packs/village.pack.json").parent])
    question = library.question(pack["questions"][0]["id"])
    everyone = library.human(question, library.group(question, "Everyone"))
    assert everyone is not None
    for name in ("Young", "Old women", "Regulars"):
        assert library.pooled(question, library.group(question, name)) == everyone
    assert library.pooled(question, library.group(question, "Everyone")) is None
