"""An example or two for the help of each command, by the command's name."""

from collections.abc import Mapping

import click

_LINES: Mapping[str, tuple[str, ...]] = {
    "": ("opinionscope", "opinionscope --theme scope-light", "opinionscope --db study.db history list"),
    "run": (
        "opinionscope run -q GAP21Q33_g_W82 -g Democrat -m recorded/gpt-4",
        "opinionscope run -q the-bee-sting -g Female -f samples -m openai/NAME --api-base http://127.0.0.1:8000/v1",
    ),
    "serve": ("opinionscope serve", "opinionscope serve --read-only --port 8080"),
    "play": (
        "opinionscope play",
        "opinionscope play --name Ann --name Ben --domain books --seed 7 -o card.svg",
    ),
    "questions": ("opinionscope questions --search immigration", "opinionscope questions --domain books --json"),
    "groups": ("opinionscope groups -q GAP21Q33_g_W82", "opinionscope groups --search republican"),
    "models": (
        "opinionscope models",
        "opinionscope models --search recorded --json",
        "opinionscope models --api-base http://127.0.0.1:8000/v1",
    ),
    "models list": ("opinionscope models list --local",),
    "models get": (
        "opinionscope models get smollm2-135m-instruct",
        "opinionscope models get mine --from ~/Downloads/model.gguf",
    ),
    "models remove": ("opinionscope models remove smollm2-135m-instruct",),
    "compare": (
        "opinionscope compare 01J9ZK 01J9ZM --prompts",
        "opinionscope compare --by model format:verbalized steering:persona domain:political",
    ),
    "keys": ("opinionscope keys | grep explore",),
    "man": ("opinionscope man > opinionscope.1",),
    "grid": (
        "opinionscope grid -q GAP21Q33_g_W82 -g Democrat -m recorded/gpt-4",
        "opinionscope grid -q GAP21Q33_g_W82 --by group --csv -o groups.csv",
    ),
    "table": (
        "opinionscope table leaderboard --by domain,steering",
        "opinionscope table added-value format:verbalized group:democrat,republican --markdown",
    ),
    "history": ("opinionscope history list model:gpt-4 'kl<0.2'", "opinionscope history show 01J9ZK"),
    "history list": (
        "opinionscope history list democrat 'kl<0.2' on:7d --sort kl",
        "opinionscope history list -tag:pilot '\"top priority\"' --csv -o runs.csv",
        'opinionscope history list --search "immig* done" --limit 10 --json',
    ),
    "history show": ("opinionscope history show 01J9ZK --prompt",),
    "history tag": ("opinionscope history tag 01J9ZK pilot", "opinionscope history tag 01J9ZK pilot --remove"),
    "history note": ('opinionscope history note 01J9ZK "the one for the talk"',),
    "history pin": ("opinionscope history pin 01J9ZK", "opinionscope history pin 01J9ZK --remove"),
    "history delete": ("opinionscope history delete 01J9ZK", "opinionscope history delete status:failed on:..2026-01"),
    "history merge": ("opinionscope history merge ../laptop/history.db",),
    "history export": (
        "opinionscope history export model:gpt-4 -o runs.csv",
        "opinionscope history export tag:paper --format jsonl > runs.jsonl",
    ),
    "history appendix": ("opinionscope history appendix tag:paper -o appendix.md",),
    "history save": ("opinionscope history save best 'kl<0.1' status:done", "opinionscope history list @best"),
    "history command": ("opinionscope history command 01J9ZK",),
    "history resume": ("opinionscope history resume 01J9ZK",),
    "history score": ("opinionscope history score 01J9ZK --json",),
    "sweep": ("opinionscope sweep start plan.toml", "opinionscope sweep status"),
    "sweep plan": (
        "opinionscope sweep plan domain:political -g Democrat -g Republican -f verbalized -m gpt-4o -o plan.toml",
        "opinionscope sweep plan --example -m gpt-4o > benchmark.toml",
    ),
    "sweep start": ("opinionscope sweep start plan.toml --budget 5 --concurrency 32",),
    "sweep resume": ("opinionscope sweep resume 01J9ZK --calls 1000",),
    "sweep status": ("opinionscope sweep status 01J9ZK --json",),
    "sweep export": ("opinionscope sweep export plan.toml batch/ --shards 8",),
    "sweep submit": ("opinionscope sweep submit batch/",),
    "sweep collect": ("opinionscope sweep collect 01J9ZK", "opinionscope sweep collect results-*.jsonl"),
    "sweep list": ("opinionscope sweep list",),
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


def add_examples(command: click.Command, name: str = "") -> None:
    """Put examples below the help of a command and of all commands in it."""
    if name in _LINES:
        command.epilog = _epilog(_LINES[name])
    for each, inner in command.commands.items() if isinstance(command, click.Group) else ():
        add_examples(inner, f"{name} {each}".lstrip())
