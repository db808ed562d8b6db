"""What a pack that comes with the program lends to the same questions read from elsewhere."""

from collections.abc import Iterable, Mapping

from opinionscope.importers.labels import fold_label, is_nonresponse, option_entry, whole
from opinionscope.survey.pack import OptionEntry, PackFile, QuestionEntry

Option = OptionEntry | str


class Lender:
    """The questions of a pack, by their keys in the source, and its lists of options; without a pack it has none.

    Attributes:
        known: source key → question.
    """

    def __init__(self, pack: PackFile | None) -> None:
        self.known: Mapping[str, QuestionEntry] = {each.source_key: each for each in pack.questions} if pack else {}
        lists = [*(entry.options for entry in pack.questions), pack.options] if pack else []
        self._common = {label_set(options): options for options in lists if options}

    def options(
        self, labels: Iterable[str], known: QuestionEntry | None, scale: Mapping[str, float | None]
    ) -> list[OptionEntry]:
        """Options with these labels, value and nonresponse lent by those of the same question or of the same labels.

        Args:
            known: the pack's own question, if it has it.
            scale: label → value, for labels that nothing is lent to.
        """
        labels = list(labels)
        alike = (known.options if known else []) or self._common.get(label_set(labels), [])
        lent = {fold_label(each.label): each for each in map(option_entry, alike)}
        options = []
        for label in labels:
            like = lent.get(fold_label(label))
            silent = like.nonresponse if like else is_nonresponse(label)
            value = like.value if like else None if silent else scale.get(label)
            options.append(OptionEntry(label, None if value is None else whole(value), silent))
        return options


def label_set(options: Iterable[Option]) -> frozenset[str]:
    """The labels of a list of options, folded, by which the same list is found again in another order."""
    return frozenset(fold_label(option_entry(each).label) for each in options)
