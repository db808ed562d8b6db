"""A pulse acts seldom, and yet on all that was wanted."""

import asyncio
import time

from opinionscope.throttle import Throttle


async def test_what_is_wanted_while_it_rests_is_done_together_afterwards():
    seen, again = [], asyncio.Event()
    wanted = 0

    def act():
        begun = time.perf_counter()
        while time.perf_counter() - begun < 0.002:
            pass
        seen.append(wanted)
        if wanted == 100:
            again.set()

    pulse = Throttle(act)
    while wanted < 100:
        wanted += 1
        pulse.want()
    assert seen == [1]
    await asyncio.wait_for(again.wait(), 10)
    assert seen == [1, 100]


async def test_it_leaves_most_of_the_time_to_others():
    """While it acts for 1 ms at a time, others have their turn many times for each of its own."""
    beats, turns, done = 0, 0, asyncio.Event()

    def act():
        nonlocal beats
        begun = time.perf_counter()
        while time.perf_counter() - begun < 0.001:
            pass
        beats += 1
        if beats == 20:
            done.set()

    pulse = Throttle(act)
    begun = time.perf_counter()
    while not done.is_set():
        pulse.want()
        turns += 1
        await asyncio.sleep(0)
    assert time.perf_counter() - begun > 20 * 0.001 * 8


async def test_a_stopped_pulse_acts_no_more():
    seen = []
    pulse = Throttle(lambda: seen.append(1))
    pulse.want()
    pulse.want()
    pulse.stop()
    for _ in range(100):
        await asyncio.sleep(0)
    assert seen == [1]
