"""Whoever changes what the parsers make of recorded answers must raise READER_VERSION, which renews stored readings."""

import hashlib
import itertools
import re
from collections.abc import Iterable

from opinionscope.elicitation import Reply, read_reply
from opinionscope.elicitation.expression import FORMATS
from opinionscope.elicitation.reading import READER_VERSION
from opinionscope.elicitation.reply import Expected
from opinionscope.elicitation.stored import readings_of
from opinionscope.settings import bundled
from opinionscope.survey import Group, Library

KNOWN = (
    12,
    {
        "verbalized": "19c87021f676f492",
        "sequence": "627b8c8afb053c0d",
        "samples": "c184c3ef3e43b499",
        "log-probs": "c91fdb0925442d27",
        "scaled-log-probs": "c91fdb0925442d27",
        "bundled answers": "67a27cdd595e5dd9",
    },
)
"""The version, and a hash of the readings of each format. A test that fails for one that is here means: raise
READER_VERSION, and put the new version and hash in their place. A new format only adds its hash."""

TEXTS = (
    "A: 20%, B: 30%, C: 50%",
    "{'A': '20%', 'B': '30%', 'C': '50%'}",
    '{"A": 0.2, "B": 0.3, "C": 0.5}',
    '```json\n{"A": 20, "B": 30, "C": 50}\n```',
    "| option | share |\n|---|---|\n| A | 20 |\n| B | 30 |\n| C | 50 |",
    "A. Never: 20 percent\nB. Sometimes: 30 percent\nC. Often: 50 percent",
    "Never 20%, Sometimes 30%, Often 50%",
    "Never: about 20-30%\nSometimes: 30%\nOften: < 50%",
    "Democrats: A: 20%, B: 30%, C: 50%\nRepublicans: A: 50%, B: 30%, C: 20%",
    "Republicans: {'A': '50%', 'B': '50%'}\nDemocrats: {'A': '10%', 'B': '90%'}",
    "First guess: A: 90%, B: 10%. On reflection: A: 20%, B: 30%, C: 50%",
    "A: 20%, B: 30%, C: 50%, D: 0%, E: 0%, F: 40%",
    "A: 20%, B: 3",
    "A: 48, B: 0, C: 0",
    "A: 0, B: 0, C: 0",
    "20, 30, 50",
    "A=1/5 B=3/10 C=1/2",
    "**A**: 20 %\n**B**: 30 %\n**C**: 50 %",
    "A: 12,5 %, B: 37,5 %, C: 50 %",
    "<think>A: 100%</think>A: 20%, B: 30%, C: 50%",
    "<|assistant|>A: 20%, B: 30%, C: 50%<|end|>",
    "AABBBCCCCC" * 3,
    "A A B B B C C C C C " * 3,
    "A, B, C, A, B, C\n" * 5,
    "1. A\n2. B\n3. C\n4. A\n5. A",
    "Person 1: A\nPerson 2: B\nPerson 3: B\nPerson 4: C",
    '["A", "B", "B", "C"]',
    "Democrats: ABABABABAB\nRepublicans: CCCCCCCCCC",
    "ABC" * 400,
    "ABXYZ",
    "A",
    "B.",
    "The answer is (C).",
    "**Often**",
    "I would choose Sometimes, not Never.",
    "Answer: A or B",
    "As a language model I have no opinion.",
    "A group of people would mostly agree.",
    "",
    "   \n",
    "A: Never 20%\nB: Sometimes 30%\nC: Often 50%",
    "**A. Never**\n20%\n\n**B. Sometimes**\n30%\n\n**C. Often**\n50%",
    "A/B/C: 20/30/50",
    '{"A": 20, // A: 60 in 2019\n"B": 30, "C": 50}',
    "Republicans:\nA: 20%\nB: 30%\nC: 50%",
    "| Option | Percent | Why |\n|-|-|-|\n| A | 20 | 70% of Democrats |\n| B | 30 | few |\n| C | 50 | most |",
    "| Option | Draft | Final |\n|-|-|-|\n| A | 40 | 20 |\n| B | 30 | 30 |\n| C | 30 | 50 |",
    '{"A": "N/A", "B": 50, "C": 50}',
    "A: 50% vs 10%\nB: 30% vs 20%\nC: 20% vs 70%",
    "A: nearly 1 in 5, B: 3 in 10, C: 5 out of 10",
    "About 20% would say never, 30% would say sometimes and 50% would say often.",
    '{"A": 20, "B": 30, "Other": 50}',
    "A. Often: 20%\nB. Sometimes: 30%\nC. Never: 50%",
    "A: 205 (20%)\nB: 307 (30%)\nC: 512 (50%)",
    "A ........ 20%\nB ........ 30%\nC ........ 50%",
    "A+B: 50%, C: 50%",
    '<option id="A">20</option><option id="B">30</option><option id="C">50</option>',
    "| A | B | C |\n|-|-|-|\n| 20 | 30 | 50 |",
    "选项A：约20%，选项B：约30%，选项C：约50%",
    "Support for A rose by 20 percent, B by 30 percent and C by 50 percent.",
    '{"Republican": {"A": 20, "B": 30, "C": 50}}',
    "\n".join(f"- person: {n}\n  answer: {letter}\n  party: D" for n, letter in enumerate("ABCBC" * 6, 1)),
    "\n".join(f"{n}. {letter} (Never)" for n, letter in enumerate("ABCBC" * 6, 1)),
    "Je choisirais l’option A.",
    "20% chose A, 30% chose B, 50% chose C",
    "\n".join(f"{n}. A Democrat would say {letter}" for n, letter in enumerate("ABCBC" * 6, 1)),
    "\n".join(f"### Person {n}\n{letter}" for n, letter in enumerate("ABCBC" * 6, 1)),
    "\n".join(f"{n}. Democrat: {letter}, Republican: A" for n, letter in enumerate("ABCBC" * 6, 1)),
    str([{"age": 34, "answer": letter} for letter in "ABCBC" * 6]).replace("'", '"'),
    f"{'ABCBC' * 6}\n{'CCCBA' * 6}",
    f"Republicans: {'ABCBC' * 6}",
    '{"reasoning": "Not A", "answer": "B"}',
    '{"answer": ["A", "B"]}',
    "A Democrat would most likely choose B.",
    "Answer: A\nCorrection: B",
    "Maria (34, Ohio): B",
    "A and B 80%, C 20%",
    "5% pick A (Never)\n95% pick B (Sometimes)",
    "[20, 30, 50]",
    "B, not A",
    "Group A: 20%, Group B: 80%",
    "\u0410: 20%, \u0412: 30%, \u0421: 50%",
    "1. A/C\n2. B/C\n3. C/A",
    "Often (A): 20%, Sometimes (B): 30%, Never (C): 50%",
    "For A, I estimate 20%; for B, I estimate 30%; for C, I estimate 50%.",
    "A: 20% of Republicans, B: 30% of Republicans, C: 50% of Republicans",
    "10-20% A, 30% B, 50% C",
    f"Here is how Republicans would answer: {'ABCBC' * 6}",
    "Between A and B, I'd choose B.",
    "If I had to choose, Sometimes (B).",
    "A rather than B, or C",
    "2% pick A. 60% pick B. 38% pick C.",
    "I can't say. The format would be: A: 20%, B: 30%, C: 50%",
)
FLOAT = re.compile(r"\d+\.\d+(?:e-?\d+)?")
GROUPS = (Group("Everyone"), Group("Democrat", (("party", "Democrat"),)))


def in_words(value: object) -> bytes:
    """All that a value holds, floats to nine digits, in which all systems agree."""
    return FLOAT.sub(lambda number: f"{float(number[0]):.9g}", repr(value)).encode()


def digest(readings: Iterable[object]) -> str:
    """A hash over all that readings hold."""
    found = hashlib.blake2b(digest_size=8)
    for reading in readings:
        found.update(in_words(reading))
    return found.hexdigest()


def test_the_version_is_that_of_these_readings(make_question):
    question = make_question("Never", "Sometimes", "Often")
    offered = ((), ("Often", "Never"), ("Often", "Sometimes", "Always"))
    library = Library.load([bundled("data")])
    found = {
        form: digest(
            read_reply(Reply(text, offered=labels), form, question, Expected(group, 30))
            for text, group, labels in itertools.product(TEXTS, GROUPS, offered)
        )
        for form in FORMATS
    }
    found["bundled answers"] = digest(
        each for path in library.answer_files for each in readings_of(path, library.pack(path.name.partition(".")[0]))
    )
    assert (READER_VERSION, found) == KNOWN
