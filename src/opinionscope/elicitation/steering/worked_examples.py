"""Five invented items that show the form of an answer and mean nothing: no survey ever asked them."""

from opinionscope.elicitation.steering.base import Example

WORKED_EXAMPLES: tuple[Example, ...] = (
    Example(
        "Which of these would you rather drink with breakfast?",
        "",
        ("Coffee", "Tea", "Juice", "Water"),
        (0.46, 0.22, 0.19, 0.13),
    ),
    Example(
        "How often do you take the stairs when there is also a lift?",
        "",
        ("Nearly always", "Now and then", "Hardly ever"),
        (0.27, 0.55, 0.18),
    ),
    Example(
        "Would you say that your street is quieter or louder at night than it was a year ago?",
        "",
        ("Much quieter", "A bit quieter", "A bit louder", "Much louder", "No opinion"),
        (0.06, 0.21, 0.38, 0.31, 0.04),
    ),
    Example("Do you own an umbrella?", "", ("Yes", "No"), (0.83, 0.17)),
    Example(
        "If you had an hour to spare this evening, what would you spend it on?",
        "",
        ("Reading", "Cooking", "A walk", "Sleep", "Something else"),
        (0.14, 0.09, 0.24, 0.2, 0.33),
    ),
)
