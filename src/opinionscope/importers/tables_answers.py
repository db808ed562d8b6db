"""Figures of a table gathered by question and group, whatever the table's form, and made into questions of a pack."""

import math
from collections.abc import Iterator, Mapping

from opinionscope.importers.base import ImportOptions, ImportRefusedError
from opinionscope.importers.benchmark_humans import short_key
from opinionscope.importers.drafts import PackDraft, wanted_questions
from opinionscope.importers.labels import fold_label, has_opposite, is_nonresponse, whole
from opinionscope.importers.tables_names import Identities, TableQuestion, Who
from opinionscope.importers.tables_sums import (
    SURELY_COUNTED,
    beside_whole,
    is_sure,
    is_whole,
    may_be_an_option,
    nets_among,
    size_rank,
    sums_among,
)
from opinionscope.importers.tables_taken import Fault, TakenGroup, TakenQuestion
from opinionscope.survey.pack import OptionEntry, QuestionEntry, SharesEntry
from opinionscope.survey.question import Attributes
from opinionscope.survey.text import first_of
from opinionscope.values import replace

SUMS: Mapping[str, float] = {"share": 1.0, "percent": 100.0}
EXACTLY = 0.0005
"""So near to the whole, figures leave nothing to an option that has none."""
NEAR = 0.1
"""So far may counts miss the number of people, as weighted ones do."""
OFF = 0.01
"""So far, as shares, are counts from the percents beside them that were made of them."""
SEVERAL = "of a question with several answers, make one of each option"
NAMED: Mapping[str, str] = {"count": "counts of people", "share": "shares of 1", "percent": "percents"}


class TableAnswers:
    """What a table says, cell by cell."""

    def __init__(self, draft: PackDraft) -> None:
        """Nothing is taken in yet, and an option that is not listed counts as 0.

        Args:
            draft: where damage is told.
        """
        self._draft, self._complete = draft, False
        self._questions: dict[str, TakenQuestion] = {}
        self._groups: dict[tuple[Attributes, str], Who] = {}
        self._alike: dict[str, str] = {}
        self._nothing: list[str] = []
        self._statistics: list[str] = []
        self._totals: list[tuple[TakenGroup, str, Fault]] = []
        self._bases: dict[str, None] = {}
        self._absent = 0
        self._sized = False

    def expect_sizes(self, measure: str) -> None:
        """Have counts that only their sums tell add up to the numbers of people, where these are given."""
        self._sized = measure == "count"

    def skip(self, place: str, reason: str) -> None:
        """Leave out what is nobody's answer to anything."""
        self._draft.aside(place, reason)

    def sum_row(self, place: str, asked: TableQuestion, who: Who, label: str, figure: float) -> None:
        """Leave out a sum or a statistic."""
        where, reason = f"{place}, {who.words}", f'"{label}" is a sum, no answer'
        if is_whole(label):
            group = self._question(place, asked).group(self._known(who))
            group.total = figure
            self._totals.append((group, label, (where, reason)))
        else:
            self.skip(where, reason)
        if may_be_an_option(label):
            self._statistics.append(label)

    def distrust_gaps(self) -> None:
        """Expect a figure for every option: it has a column, or a row that would have given it may be unreadable."""
        self._complete = True

    def option(self, place: str, asked: TableQuestion, option: OptionEntry) -> None:
        """Name an option of a question, in survey order."""
        question = self._question(place, asked)
        option = OptionEntry(self._spelt(question, option.label), option.value, option.nonresponse)
        known = question.options.setdefault(option.label, option)
        if known.value is None and option.value is not None:
            question.options[option.label] = replace_value(known, option.value)
        elif option.value is not None and known.value != option.value:
            self.spoil(place, asked, f'"{option.label}" has the value {option.value:g} here, {known.value:g} before')

    def figure(
        self, place: str, asked: TableQuestion, who: Who, label: str, figure: float, percent: float | None = None
    ) -> None:
        """Take in how many of a group chose an option; a second figure for the same spoils the question.

        Args:
            percent: beside a count, or None.
        """
        question, who = self._question(place, asked), self._known(who)
        label = self._spelt(question, label)
        if label not in question.options:
            self.spoil(place, asked, f'"{label}" is not among the options')
            return
        answer = question.answer(who)
        answer.place, figures = answer.place or place, answer.figures
        if label in figures:
            again = "again" if figures[label] == figure else f"with {figure:g} here and {figures[label]:g} before"
            self.spoil(place, asked, f'"{label}" of {who.words} is given {again}; expected one figure')
        figures[label] = figure
        if percent is not None:
            answer.percents[label] = percent

    def size(self, place: str, asked: TableQuestion, who: Who, n: float, label: str = "n") -> None:
        """Take in how many people of a group were asked: those that were counted before those that may be weighted."""
        group = self._question(place, asked).group(self._known(who))
        rank, before = size_rank(label), size_rank(group.counted)
        if group.size is None or rank > before or rank == before < SURELY_COUNTED:
            group.size, group.counted = n, label
        elif rank == before and group.size != n:
            self.lose(place, asked, who, f"n is {n:g} here and {group.size:g} before")

    def lose(self, place: str, asked: TableQuestion, who: Who, reason: str) -> None:
        """Leave out what a group answered to a question."""
        answer = self._question(place, asked).answer(self._known(who))
        answer.lost = answer.lost or (place, reason)

    def _spelt(self, question: TakenQuestion, label: str) -> str:
        """A label as it was first spelt in the question, whatever its case here."""
        return self._as_first(question.spellings, fold_label(label), label)

    def _known(self, who: Who) -> Who:
        """A group as it was first spelt in the table, whatever its case here."""
        key = (tuple((name, fold_label(value)) for name, value in who.attributes), fold_label(who.name))
        first = self._groups.setdefault(key, who)
        if first != who:
            self._alike[who.words] = first.words
        return first

    def _as_first(self, spellings: dict[str, str], key: str, label: str) -> str:
        first = spellings.setdefault(key, label)
        if first != label:
            self._alike[label] = first
        return first

    def gap(self, place: str, asked: TableQuestion, who: Who, reason: str, *, is_small: bool = False) -> None:
        """Note a figure that is not there; it is 0 if the others sum to the whole, else the group's answer is lost.

        Args:
            is_small: whether the table says that it rounds to nothing; the others are rounded then as well.
        """
        answer = self._question(place, asked).answer(self._known(who))
        answer.place, answer.gap = answer.place or place, answer.gap or (place, reason)
        answer.is_blank = answer.is_blank or not is_small

    def spoil(self, place: str, asked: TableQuestion, reason: str) -> None:
        """Leave out a question."""
        question = self._question(place, asked)
        question.spoiled = question.spoiled or (place, reason)

    def _question(self, place: str, asked: TableQuestion) -> TakenQuestion:
        question = self._questions.setdefault(asked.key, TakenQuestion(asked, place))
        for name in ("text", "title", "topics"):
            before, here = getattr(question.asked, name), getattr(asked, name)
            if here and not before:
                question.asked = replace(question.asked, **{name: here})
            elif here and here != before and question.spoiled is None:
                question.spoiled = (place, f"another {name} than at {question.place}: expected one for the question")
        return question

    def leave_out_sums(self, declared: str) -> None:
        """Leave out options that are sums of others, as nets are, and what stands beside figures that are a whole.

        Args:
            declared: what figures are, or ""; where it is "count", they may make 100 by chance.
        """
        for question in self._questions.values():
            known = [answer.figures for answer in question.answers.values() if answer.lost is None]
            if all(answer.is_complete() for answer in question.answers.values()):
                continue
            for label in nets_among([*question.options], known):
                self._leave_out(question, label, "is a sum of others, no answer")
            for label in sums_among([*question.options], known):
                if not is_sure(label, len(known)):
                    doubt = (
                        f'"{label}" is as much as all others, so it may be their sum; call it Total, or leave it out'
                    )
                    self.spoil(question.place, question.asked, doubt)
                    continue
                self._leave_out(question, label, "is a sum of others, no answer")
            for label in beside_whole([*question.options], known) if declared != "count" else ():
                self._leave_out(question, label, "is no answer, for the others make the whole without it")

    def _leave_out(self, question: TakenQuestion, label: str, reason: str) -> None:
        self.skip(f"{question.place}, {short_key(question.asked.key)}", f'"{label}" {reason}')
        del question.options[label]
        for answer in question.answers.values():
            answer.figures.pop(label, None)

    def measure(self) -> str:
        """What the figures are, told by their sums: "count", "share" or "percent".

        A group with a gap tells only where its other figures are the whole.
        """
        sums: list[tuple[float, int, bool]] = []
        fractions = False
        for question in self._questions.values():
            for answer in question.answers.values():
                if answer.lost is None and question.spoiled is None:
                    figures = answer.figures.values()
                    sums.append((math.fsum(figures), len(question.options), answer.gap is not None))
                    fractions = fractions or any(figure != int(figure) for figure in figures)
        for measure in SUMS if fractions else ("percent",):
            told = [is_whole for total, size, gap in sums if (is_whole := _adds_up(total, size, measure)) or not gap]
            if 2 * sum(told) >= len(told) > 0:
                return measure
        return "count"

    def add_to_pack(self, measure: str, options: ImportOptions) -> None:
        """Put the sound questions into the draft.

        Raises:
            ImportRefusedError: if the user asked for a question that is not there, or a label may be that of an option
                or of a statistic: only shares that are whole without it tell which.
        """
        if measure == "count" and self._statistics:
            raise ImportRefusedError(
                f'"{self._statistics[0]}" may be an option or a statistic beside counts; delete it from the table, or '
                "write the option in another way"
            )
        self._size_by_totals(measure)
        if not self._questions:
            raise ImportRefusedError("expected at least one row with a question and a figure, found none")
        names = Identities([question.asked for question in self._questions.values()])
        known = [(key, question.asked.text, names.id(question.asked)) for key, question in self._questions.items()]
        for question, wanted in zip(self._questions.values(), wanted_questions(options, known), strict=True):
            where = short_key(question.asked.key)
            if wanted and question.spoiled is not None:
                place, reason = question.spoiled
                self._draft.aside(f"{place}, {where}", f"{reason}; the question is left out")
            elif wanted:
                self._add(question, measure, names)

    def _size_by_totals(self, measure: str) -> None:
        """Take a total beside shares or percents for the number of people, if it is far from the sum of either."""
        for group, label, (place, reason) in self._totals:
            far = group.total and all(abs(group.total / whole - 1) > NEAR for whole in SUMS.values())
            if measure in SUMS and group.size is None and far:
                group.size = group.total
                self._bases[label] = None
            else:
                self.skip(place, reason)

    def _add(self, question: TakenQuestion, measure: str, names: Identities) -> None:
        where = short_key(question.asked.key)
        human: dict[str, list[float] | SharesEntry] = {}
        for who, answer in question.answers.items():
            gap, figures, total = answer.gap, answer.figures, sum(answer.figures.values())
            is_whole = measure in SUMS and (
                abs(total / SUMS[measure] - 1) < EXACTLY
                or (not answer.is_blank and _adds_up(total, len(figures) + 1, measure))
            )
            is_whole |= abs(sum(answer.percents.values()) / SUMS["percent"] - 1) < EXACTLY
            if gap and is_whole and answer.lost is None:
                self._nothing.append(gap[0])
                figures = dict.fromkeys(question.options, 0.0) | figures
                gap = None
            fault = self._fault(question, answer, figures, measure) or self._misses(answer, figures)
            place, reason = answer.lost or gap or (answer.place or question.place, fault)
            if reason:
                self._draft.aside(f"{place}, {where}, {who.words}", reason)
                continue
            listed = [whole(figures.get(label, 0.0)) for label in question.options]
            self._absent += len(listed) - len(figures)
            name = self._draft.group(who.attributes, who.name)
            if name in human:
                self._draft.aside(f"{place}, {where}, {who.words}", "another group has the same attributes")
                continue
            n = None if answer.size is None else whole(answer.size)
            human[name] = listed if measure == "count" else SharesEntry(listed, n)
        asked = question.asked
        entry = QuestionEntry(
            id=names.id(asked),
            title=names.title(asked),
            text=asked.text,
            topics=list(asked.topics),
            options=_judged(question.options),
            source_key=asked.id,
            human=human,
        )
        self._draft.add(entry, f"{question.place}, {where}")

    def _fault(self, question: TakenQuestion, answer: TakenGroup, figures: Mapping[str, float], measure: str) -> str:
        """What is wrong with a group's figures, or ""."""
        total = sum(figures.values())
        if not math.isfinite(total):
            return "expected figures that can be added, their sum is too large"
        if self._complete and (absent := [label for label in question.options if label not in figures]):
            return f'expected a figure for each option, "{absent[0]}" has none'
        if total <= 0:
            return "nobody answered: every figure is 0"
        if measure in SUMS and not _adds_up(total, len(question.options), measure):
            several = f"; {SEVERAL}" if total > SUMS[measure] else ""
            return f"expected {NAMED[measure]} that sum to {SUMS[measure]:g}, they sum to {total:.4g}{several}"
        return self._fault_beside(figures, answer.percents) if measure == "count" else ""

    def _fault_beside(self, figures: Mapping[str, float], percents: Mapping[str, float]) -> str:
        """Why counts of people are no counts of answers, as the percents beside them tell; "" if they are."""
        total, beside = math.fsum(figures.values()), math.fsum(percents.values())
        whole = SUMS["share" if max(percents.values(), default=0) <= 1 else "percent"]
        if beside <= (1 + NEAR) * whole or any(
            abs(figure / total - percents.get(label, 0) / beside) > OFF for label, figure in figures.items()
        ):
            return ""
        return f"the percents beside the counts sum to {beside:.4g}; {SEVERAL}"

    def _misses(self, answer: TakenGroup, figures: Mapping[str, float]) -> str:
        """What is wrong with counts that only their sums told; "" if nothing is.

        They miss the number of people, or could be percents or shares of a question with several answers.
        """
        n, total = answer.total if answer.size is None else answer.size, math.fsum(figures.values())
        if not self._sized or (n is not None and abs(total - n) <= NEAR * n):
            return ""
        if n is None and not (self.below_100() and any(figure % 1 for figure in figures.values())):
            return ""
        whole = "neither to 1 nor to 100" if n is None else f"neither to 100 nor to n = {n:g}"
        return f"the figures sum to {total:.4g}, {whole}; say in a column measure what they are"

    def below_100(self) -> bool:
        """Whether all figures could be percents."""
        every = (answer for question in self._questions.values() for answer in question.answers.values())
        return all(figure <= SUMS["percent"] for answer in every for figure in answer.figures.values())

    def assumed(self) -> Iterator[str]:
        """What was taken for granted, for the study card."""
        if self._nothing:
            places = first_of(list(dict.fromkeys(self._nothing)), 3)
            yield f"Figures not given, or only bounded (<1 %), count as 0 where the others sum to the whole: {places}."
        for label in self._bases:
            yield f'"{label}" was read as the number of people, for it is far from the sum of the figures.'
        if self._alike:
            told = ", ".join(f'"{here}" as "{first}"' for here, first in self._alike.items())
            yield f"Labels that differ in case only were read as the same: {told}."
        if self._absent:
            yield f"{self._absent} answers that the table does not list for a group count as 0."


def replace_value(option: OptionEntry, value: float) -> OptionEntry:
    """The option with a value."""
    return OptionEntry(option.label, whole(value), option.nonresponse)


def new_option(label: str, value: float | None = None) -> OptionEntry:
    """An option as its label has it."""
    return OptionEntry(label, None if value is None else whole(value))


def _judged(options: Mapping[str, OptionEntry]) -> list[OptionEntry | str]:
    """The options of a question; one whose label stands for no answer has no value."""
    return [
        OptionEntry(label, None, True)
        if not option.nonresponse and is_nonresponse(label) and not has_opposite(label, options)
        else option
        for label, option in options.items()
    ]


def _adds_up(total: float, size: int, measure: str) -> bool:
    """Whether figures sum to the whole, each rounded to a hundredth of it."""
    return abs(total / SUMS[measure] - 1) <= 0.005 * (size + 1)
