"""Sweeps: throughput beside a bare loop over litellm, memory, planning of a million cells, and going on after many.

OPINIONSCOPE_SWEEP_CALLS: how many calls (400 by default; 10,000 for the whole). Nothing here fails on time.
"""

import asyncio
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from opinionscope.history.sweep_writer import SweepWriter
from opinionscope.planning import estimated, grid_of
from opinionscope.runs.sweep import Sweep
from opinionscope.runs.sweep_plan import SweepPlan
from opinionscope.workspace import Workspace

CALLS = int(os.environ.get("OPINIONSCOPE_SWEEP_CALLS", "400"))
AT_ONCE, PIECE = 64, 200

# Answers a chat completion after 0.2 s, in a process of its own.
SERVER = """
import asyncio, json
BODY = json.dumps({"id": "c", "object": "chat.completion", "created": 1, "model": "toy", "choices": [{"index": 0,
  "message": {"role": "assistant", "content": "{'A': '60%', 'B': '40%', 'C': '0%', 'D': '0%'}"}, "finish_reason":
  "stop"}], "usage": {"prompt_tokens": 120, "completion_tokens": 17, "total_tokens": 137}}).encode()
HEAD = b"HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\ncontent-length: %d\\r\\n\\r\\n" % len(BODY)
async def serve(reader, writer):
    try:
        while head := await reader.readuntil(b"\\r\\n\\r\\n"):
            size = next(line for line in head.lower().split(b"\\r\\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(size.split(b":")[1]))
            await asyncio.sleep(0.2)
            writer.write(HEAD + BODY)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**20)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


@pytest.fixture
def base():
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    yield f"http://127.0.0.1:{int(server.stdout.readline())}/v1"
    server.kill()
    server.communicate()


@pytest.fixture
def session(home: Path):
    opened = Workspace.open().with_settings(concurrency=AT_ONCE)
    yield opened
    opened.history.close()


def megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def plan_of(session: Workspace, base: str, cells: int, seed: int) -> SweepPlan:
    """A plan of at least so many cells: all questions and groups, repeated under as many names of models."""
    questions = tuple(f"{each.dataset}/{each.id}" for each in session.library.questions)
    models = tuple(f"openai/toy-{at}" for at in range(-(-cells // 928)))
    return SweepPlan(models=models, questions=questions, api_base=base, seed=seed)


def begun(session: Workspace, plan: SweepPlan, calls: int | None = None):
    from opinionscope.commands.sweep_running import kept_sweep
    from opinionscope.runs.sweep import Bounds

    grid = grid_of(session, plan)
    row = kept_sweep(session, grid)
    writer = SweepWriter(session.history, row.id)
    return row, Sweep(grid, session.prober(writer=writer), writer, writer.cells(), Bounds(calls=calls))


async def bare(litellm, base: str, messages, calls: int) -> None:
    left = iter(range(calls))

    async def work():
        for _ in left:
            await litellm.acompletion(
                model="openai/toy", api_base=base, api_key="unused", messages=messages, max_tokens=200, temperature=1.0
            )

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


async def test_throughput_and_memory(session, base, capsys):
    from opinionscope.respondents.loading import load

    litellm, ours, theirs, memory = await load(), 0.0, 0.0, []
    await bare(litellm, base, [{"role": "user", "content": "x"}], AT_ONCE)
    for round_ in range(-(-CALLS // PIECE)):
        plan = plan_of(session, base, PIECE, round_)
        _, sweep = begun(session, plan, PIECE)
        begin = time.perf_counter()
        progress = await sweep.carried_out()
        ours += time.perf_counter() - begin
        assert progress.answered == PIECE
        choices = session.prober(save=False).draft(sweep._grid.choices(next(iter(sweep._grid))))
        begin = time.perf_counter()
        await bare(litellm, base, choices.plan.first.messages, PIECE)
        theirs += time.perf_counter() - begin
        memory.append(megabytes())
    calls = PIECE * len(memory)
    with capsys.disabled():
        print(f"\n{calls:,} calls, {AT_ONCE} at a time: sweep {calls / ours:.0f} a second, bare {calls / theirs:.0f}")
        print(f"throughput beside the bare loop: {theirs / ours:.2f}; memory {memory[0]:.0f} → {memory[-1]:.0f} MB")


def test_a_million_cells_are_planned(session, base, capsys):
    before = megabytes()
    begin = time.perf_counter()
    grid = grid_of(session, plan_of(session, base, 1_000_000, 1))
    estimated(session, grid)
    planned = time.perf_counter() - begin
    cells = sum(1 for _ in grid)
    whole = time.perf_counter() - begin
    assert cells == len(grid) >= 1_000_000
    with capsys.disabled():
        print(
            f"\n{cells:,} cells: planned in {planned:.1f} s, all made in {whole:.1f} s, {megabytes() - before:.0f} MB"
        )
