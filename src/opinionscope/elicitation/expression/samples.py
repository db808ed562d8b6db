"""Samples: the classical simulation, one call and one letter for each simulated person."""

from typing_extensions import override

from opinionscope.elicitation.expression.base import OneLetter, Request, both_ends, normalised, read_figures
from opinionscope.elicitation.reply import ANYTHING, Expected, Reading, Reply
from opinionscope.recipe import Recipe
from opinionscope.survey.question import Question

LONGEST_READ = 4_000


class Samples(OneLetter):
    """Asks for one letter many times over, each time in a call of its own, and counts them."""

    name = "samples"
    title = "Samples"
    summary = "the model simulates one person a call, many times over"
    rule = (
        "Each answer is one simulated person, and the option letter that it gives is counted, also amid other words. "
        "Not scored are answers without a letter and those that leave open which of several is meant."
    )
    request = Request(max_tokens=48)
    next_step = "ask again, or choose verbalized or sequence for this model"
    counts_people = True

    @override
    def calls(self, recipe: Recipe) -> int:
        return recipe.samples

    @override
    def read(self, reply: Reply, question: Question, expected: Expected = ANYTHING) -> Reading:
        if reply.text is None or reply.figures is not None:
            reading = read_figures(reply, question, "people counted")
            if reading.distribution is None:
                return reading
            return Reading(reading.distribution, "", reading.trace, reading.figures, None, round(sum(reading.figures)))
        # Loaded when there is text: its patterns take 5 ms to compile.
        from opinionscope.elicitation.expression.letters import find_letter
        from opinionscope.elicitation.expression.several import before_further_questions

        text, cut = both_ends(reply.text, LONGEST_READ)
        choice = find_letter(before_further_questions(text, question), question, expected.group)
        if not choice.letter:
            return Reading.unread(choice.reason, cut)
        figures = [float(letter == choice.letter) for letter in question.letters]
        steps = [*cut, "set aside the words beside the letter"] if choice.beside else cut
        return normalised(figures, steps, sample_size=1)
