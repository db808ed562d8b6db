"""Drawn people: whom the calls of people steering are about, and what is told of each of them."""

import random
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate

from msgspec import Struct

from opinionscope.elicitation.expression import FORMATS, ExpressionFormat
from opinionscope.elicitation.leakage import asks_again, telling_attributes
from opinionscope.elicitation.similarity import find_example, ranked
from opinionscope.elicitation.steering import Example, Neighbours, SteeringError, steering_of
from opinionscope.errors import OpinionscopeError
from opinionscope.recipe import Recipe
from opinionscope.survey.library import Library
from opinionscope.survey.microdata import Microdata, Person
from opinionscope.survey.question import EVERYONE, Group, Question
from opinionscope.values import replace

A_PERSON = "this person"
"""What a persona is called where it has to have a name; the place of a person in the file is told to nobody."""
MOST_NAMED = 3


class DrawnPeople(Struct, frozen=True):
    """The people of one cell.

    Attributes:
        people: shape (samples,), in the order of the calls, without attributes that give the answer away; somebody of
            great weight may be in it twice.
        shown: the questions whose own answers may be shown, in this order.
        notes: what a reader should know about how they were drawn.
    """

    people: tuple[Person, ...]
    shown: tuple[Question, ...]
    notes: tuple[str, ...]
    _microdata: Microdata

    def persona(self, person: Person) -> Group:
        """One person as a group of one."""
        return Group(A_PERSON, person.attributes) if person.attributes else EVERYONE

    def own_answers(self, person: Person) -> Neighbours:
        """A finder of a person's own answers to other questions: so many as are wanted, those named or most similar."""

        def find(question: Question, group: Group, recipe: Recipe) -> tuple[Example, ...]:
            del question, group
            found: list[Example] = []
            for other in self.shown:
                if len(found) == (len(recipe.example_ids) or recipe.own_answers):
                    break
                if label := self._microdata.answer(person.place, other):
                    chosen = tuple(float(label == each) for each in other.labels)
                    found.append(Example(other.text, other.context, other.labels, chosen, other.id))
            return tuple(found)

        return find


def draw_people(
    library: Library, question: Question, group: Group, form: ExpressionFormat, recipe: Recipe, seed: int | None
) -> DrawnPeople:
    """Draw `recipe.samples` of the group's members who answered the question, by weight.

    Raises:
        SteeringError: where no people are known one by one, none of them is in the group and answered, the format asks
            for more than one person's answer, or a named example cannot be one.
        NotFoundError: if the recipe names an example that no pack has.
        PackError: if the file of single people's answers cannot be read.
    """
    microdata, members = _members(library, question, group, form.name)
    everybody = [microdata.person(at, question) for at in members]
    places = drawn([person.weight for person in everybody], recipe.samples, seed or 0)
    drawn_ones = [everybody[at] for at in places]
    left_out, shown = telling_attributes(microdata, question), _shown(library, question, recipe)
    people = tuple(_without(person, left_out) for person in drawn_ones)
    notes = [_how_drawn(people, everybody, seed or 0)]
    if left_out:
        notes.append(f"not told, for it gives the answer away: {', '.join(sorted(left_out))}")
    found = DrawnPeople(people, shown, tuple(notes), microdata)
    return replace(found, notes=(*notes, *_about_answers(library, question, recipe, found)))


def refusal(library: Library, question: Question, group: Group, steering: str, format_name: str) -> str:
    """Why people of a group cannot be drawn for a question; "" where they can, or nobody is to be drawn."""
    if not steering_of(steering).draws_people:
        return ""
    try:
        _members(library, question, group, format_name)
    except OpinionscopeError as error:
        return error.message
    return ""


def _members(library: Library, question: Question, group: Group, format_name: str) -> tuple[Microdata, tuple[int, ...]]:
    """The people at hand, and who of them is in the group and answered.

    Raises:
        SteeringError: where there are none, or the format asks for more than one person's answer.
        PackError: if their file cannot be read.
    """
    if reason := unfit("people", format_name):
        raise SteeringError(reason)
    microdata = library.microdata(question.dataset)
    if microdata is None:
        raise SteeringError(
            f"steering people needs people who are known one by one, and nobody in {question.dataset} is; import a "
            "table with one row a person (`opinionscope data import TABLE --by …`), or choose persona"
        )
    if not group.attributes and group != EVERYONE:
        raise SteeringError(f"it is not known who belongs to {group.name}; choose a group with attributes, or persona")
    members = microdata.members(question, group.attributes)
    if not members:
        raise SteeringError(
            f"nobody of {group.name} is known one by one to have answered {question.id}; choose another group or "
            "question, or persona"
        )
    return microdata, members


def _about_answers(library: Library, target: Question, recipe: Recipe, found: DrawnPeople) -> Iterator[str]:
    """What was not shown of people's own answers, where some were to be."""
    wanted = len(recipe.example_ids) or recipe.own_answers
    if not wanted:
        return
    again = [q.id for q in library.pack(target.dataset).questions if q.id != target.id and asks_again(target, q)]
    if again:
        more = f" and {len(again) - MOST_NAMED} more" if len(again) > MOST_NAMED else ""
        yield f"never shown, for it asks the same again: {', '.join(again[:MOST_NAMED])}{more}"
    shown = [len(found.own_answers(person)(target, EVERYONE, recipe)) for person in found.people]
    if fewer := sum(number < wanted for number in shown):
        yield f"{fewer:,} of {len(shown):,} people gave fewer than {wanted} other answers"


def _without(person: Person, left_out: Collection[str]) -> Person:
    return replace(person, attributes=tuple(each for each in person.attributes if each[0] not in left_out))


def takes_people(form: ExpressionFormat) -> bool:
    """Whether an answer in this form is one person's, as it came."""
    return form.one_letter and not form.scaled


def unfit(steering: str, format_name: str) -> str:
    """Why a steering method and a format do not go together; "" where they do."""
    if not steering_of(steering).draws_people or takes_people(FORMATS[format_name]):
        return ""
    fit = " or ".join(name for name, each in FORMATS.items() if takes_people(each))
    return f"steering people asks for one person's answer a call: choose {fit}, not {format_name}"


def _shown(library: Library, target: Question, recipe: Recipe) -> tuple[Question, ...]:
    """The questions whose answers may be shown, in order: those named, else all of the pack, the most similar first."""
    if recipe.example_ids:
        named = tuple(find_example(library, target.dataset, wanted) for wanted in recipe.example_ids)
        for each in named:
            if asks_again(target, each):
                raise SteeringError(f"{each.id} asks the same as the question to be answered, so it cannot be shown")
            if each.dataset != target.dataset:
                raise SteeringError(f"{each.id} is of {each.dataset}, whose people are others; name another question")
        return tuple(dict.fromkeys(named))
    if not recipe.own_answers:
        return ()
    corpus = library.pack(target.dataset).questions
    return tuple(other for other in ranked(target, corpus) if not asks_again(target, other))


def _how_drawn(people: Sequence[Person], members: Sequence[Person], seed: int) -> str:
    by = "by weight" if len({person.weight for person in members}) > 1 else "all alike"
    again = len(people) - len({person.place for person in people})
    told = f"{len(people):,} drawn of {len(members):,} people, {by} (seed {seed}): each answer counts once"
    if not again:
        return told
    told = f"{len(people):,} draws from {len(members):,} people, {by} (seed {seed}): each answer counts once"
    why = "there are no more" if len(people) > len(members) else "they weigh so much"
    return f"{told}; {again:,} of the draws are somebody again, for {why}"


def drawn(weights: Sequence[float], number: int, seed: int) -> list[int]:
    """Places of people, drawn systematically from a random order with probability proportional to weight.

    Each is expected number · w / Σw times (Madow 1949), so that the drawn count once each and are not weighted again.
    Nobody is drawn twice but who weighs more than Σw / number: with equal weights, nobody while there are enough.

    Args:
        weights: shape (people,), above 0.

    Returns:
        Places in `weights`, shape (number,), in random order; the same for the same arguments.
    """
    rng = random.Random(f"people/{seed}")
    order = list(range(len(weights)))
    rng.shuffle(order)
    ends = list(accumulate(weights[at] for at in order))
    step = ends[-1] / number
    start, place = rng.random() * step, 0
    found: list[int] = []
    for pick in range(number):
        while place < len(order) - 1 and ends[place] <= start + pick * step:
            place += 1
        found.append(order[place])
    return found
