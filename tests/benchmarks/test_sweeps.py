"""Sweeps: throughput beside a bare loop over litellm, memory, planning of a million cells, and going on after many.

OPINIONSCOPE_SWEEP_CALLS: how many calls (400 by default; 10,000 for the whole). Nothing here fails on time.
"""

import json
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
from opinionscope.runs.sweep_plan import SweepPlan, write_plan
from opinionscope.tui.start import make_app
from opinionscope.workspace import Workspace

CALLS = int(os.environ.get("OPINIONSCOPE_SWEEP_CALLS", "400"))
AT_ONCE, PIECE = 64, 400

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

# Asks as often as a line of its stdin says, with litellm as it comes and nothing around it; says how long that took.
BARE = """
import asyncio, json, sys, time
import litellm
async def ask(calls, messages):
    left = iter(range(calls))
    async def work():
        for _ in left:
            await litellm.acompletion(model="openai/toy", api_base=sys.argv[1], api_key="unused", messages=messages,
                                      max_tokens=200, temperature=1.0)
    begin = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(int(sys.argv[2]))))
    return time.perf_counter() - begin
async def main():
    for line in sys.stdin:
        print(await ask(*json.loads(line)), flush=True)
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
def bare(base: str):
    """Asks so often with these messages, in a process of its own; gives the seconds."""
    loop = subprocess.Popen(
        [sys.executable, "-c", BARE, base, str(AT_ONCE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
    )

    def ask(calls: int, messages: list[dict[str, str]]) -> float:
        assert loop.stdin is not None
        assert loop.stdout is not None
        loop.stdin.write(json.dumps([calls, messages]) + "\n")
        loop.stdin.flush()
        return float(loop.stdout.readline())

    yield ask
    loop.kill()
    loop.communicate()


@pytest.fixture
def workspace(home: Path):
    opened = Workspace.open().with_settings(concurrency=AT_ONCE)
    yield opened
    opened.history.close()


def megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def plan_of(workspace: Workspace, base: str, cells: int, seed: int) -> SweepPlan:
    """A plan of at least so many cells: all questions and groups, repeated under as many names of models."""
    questions = tuple(f"{each.dataset}/{each.id}" for each in workspace.library.questions)
    models = tuple(f"openai/toy-{at}" for at in range(-(-cells // 928)))
    return SweepPlan(models=models, questions=questions, api_base=base, seed=seed)


def begun(workspace: Workspace, plan: SweepPlan, calls: int | None = None):
    from opinionscope.commands.sweep_running import kept_sweep
    from opinionscope.runs.sweep import Bounds

    grid = grid_of(workspace, plan)
    row = kept_sweep(workspace, grid)
    writer = SweepWriter(workspace.history, row.id)
    known = workspace.history.sweep_cells(row.id)
    return row, Sweep(grid, workspace.prober(writer=writer), writer, known, Bounds(calls=calls))


async def test_throughput_and_memory(workspace, base, bare, capsys):
    ours, theirs, memory = 0.0, 0.0, []
    bare(AT_ONCE, [{"role": "user", "content": "x"}])
    await begun(workspace, plan_of(workspace, base, AT_ONCE, -1), AT_ONCE)[1].carried_out()
    for round_ in range(-(-CALLS // PIECE)):
        plan = plan_of(workspace, base, PIECE, round_)
        _, sweep = begun(workspace, plan, PIECE)
        begin = time.perf_counter()
        progress = await sweep.carried_out()
        ours += time.perf_counter() - begin
        assert progress.answered == PIECE
        choices = workspace.prober(save=False).draft(sweep._grid.choices(next(iter(sweep._grid))))
        theirs += bare(PIECE, choices.plan.first.messages)
        memory.append(megabytes())
    calls = PIECE * len(memory)
    with capsys.disabled():
        print(f"\n{calls:,} calls, {AT_ONCE} at a time: sweep {calls / ours:.0f} a second, bare {calls / theirs:.0f}")
        print(f"throughput beside the bare loop: {theirs / ours:.2f}; memory {memory[0]:.0f} → {memory[-1]:.0f} MB")


def test_a_million_cells_are_planned(workspace, base, capsys):
    before = megabytes()
    begin = time.perf_counter()
    grid = grid_of(workspace, plan_of(workspace, base, 1_000_000, 1))
    estimated(workspace, grid)
    planned = time.perf_counter() - begin
    cells = sum(1 for _ in grid)
    whole = time.perf_counter() - begin
    assert cells == len(grid) >= 1_000_000
    with capsys.disabled():
        print(
            f"\n{cells:,} cells: planned in {planned:.1f} s, all made in {whole:.1f} s, {megabytes() - before:.0f} MB"
        )


@pytest.fixture
def in_its_own_process(workspace: Workspace):
    """Starts a sweep as `opinionscope sweep start` does; it is killed in the end."""
    started = []

    def start(plan: SweepPlan):
        path = workspace.paths.data.parent / "plan.toml"
        write_plan(plan, path)
        command = [sys.executable, "-m", "opinionscope", "sweep", "start", str(path), "--concurrency", str(AT_ONCE)]
        started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.wait()


async def test_a_key_is_measured_to_its_frame_beside_a_sweep(
    workspace, base, capsys, key_to_frame, in_its_own_process, wait_until
):
    """The goal is 50 ms for 95 % of the keys."""
    history = workspace.history
    await begun(workspace, plan_of(workspace, base, CALLS, -1), CALLS)[1].carried_out()
    alone = await _keys(key_to_frame)
    many = history.count() + AT_ONCE
    sweep = in_its_own_process(plan_of(workspace, base, 10_000, 1))
    wait_until(lambda: history.count() > many)
    beside = await _keys(key_to_frame)
    assert sweep.poll() is None
    with capsys.disabled():
        print(f"\nkey to frame: {alone}; beside a sweep: {beside}")


async def _keys(key_to_frame) -> str:
    app = make_app(fresh=True)
    async with app.run_test(size=(120, 36)) as pilot:
        return await key_to_frame(app, pilot)
