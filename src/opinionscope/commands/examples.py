"""An example or two for the help of each command, by the command's name."""

from collections.abc import Mapping

_LINES: Mapping[str, tuple[str, ...]] = {
    "": ("opinionscope", "opinionscope --theme scope-light", "opinionscope --db study.db history list"),
    "run": (
        "opinionscope run -q GAP21Q33_g_W82 -g Democrat -m recorded/gpt-4",
        "opinionscope run -q the-bee-sting -g Female -f samples -m openai/NAME --api-base http://127.0.0.1:8000/v1",
    ),
    "questions": ("opinionscope questions --search immigration", "opinionscope questions --domain books --json"),
    "groups": ("opinionscope groups -q GAP21Q33_g_W82", "opinionscope groups --search republican"),
    "models": ("opinionscope models", "opinionscope models --search recorded --json"),
    "compare": (
        "opinionscope compare 01J9ZK 01J9ZM --prompts",
        "opinionscope compare --by model format:verbalized steering:persona domain:political",
    ),
    "history": ('opinionscope history list --search "democrat done"', "opinionscope history show 01J9ZK"),
    "history list": (
        'opinionscope history list --search "male gpt-4"',
        'opinionscope history list --search "immig* done" --limit 10 --json',
    ),
    "history show": ("opinionscope history show 01J9ZK --prompt",),
    "history resume": ("opinionscope history resume 01J9ZK",),
    "history score": ("opinionscope history score 01J9ZK --json",),
    "data": ("opinionscope data list", "opinionscope data import survey.csv --dry-run"),
    "data import": (
        "opinionscope data import survey.csv --by gender:sex,age --cut age=18,30,45,65 --weight wt",
        "opinionscope data import mine.pack.json",
    ),
    "data list": ("opinionscope data list", "opinionscope data list --json"),
    "data show": ("opinionscope data show nytimes", "opinionscope data show opinionqa -q GAP21Q33_g_W82"),
    "data fetch": ("opinionscope data fetch --dry-run",),
    "data new": (
        'opinionscope data new --text "Should the library open earlier?" --option "Earlier=1" \\',
        '  --option "As now=2" --nonresponse "No answer" --human "party=Democrat: 12, 30, 1" \\',
        '  --human "Parents: 20%, 75%, 5%; n=60"',
    ),
    "data export": ("opinionscope data export own questions.pack.json", "opinionscope data export own > own.pack.json"),
    "data remove": ("opinionscope data remove own",),
}


def _epilog(lines: tuple[str, ...]) -> str:
    """As click prints it: the first line keeps the others from being joined."""
    one = len([line for line in lines if not line.startswith(" ")]) == 1
    return "\n".join(("\b", "Example:" if one else "Examples:", *(f"  {line}" for line in lines)))


EXAMPLES: Mapping[str, str] = {name: _epilog(lines) for name, lines in _LINES.items()}
