"""Phrases that several screens share."""

from datetime import datetime

from opinionscope.tui.phrases import local_time, short_time


def test_times_are_said_as_people_say_them():
    here = datetime.now().astimezone().tzinfo
    now = datetime(2026, 5, 14, 8, 0, tzinfo=here)
    moments = [datetime(*moment, tzinfo=here) for moment in (
        (2026, 5, 14, 7, 2), (2026, 5, 13, 23, 59), (2026, 5, 8, 14, 2), (2026, 5, 7, 14, 2), (2025, 12, 31, 14, 2)
    )]  # fmt: skip
    long, short = ([say(moment, now) for moment in moments] for say in (local_time, short_time))
    assert long == ["today 07:02", "yesterday 23:59", "8 May 14:02", "7 May 14:02", "31 Dec 2025 14:02"]
    assert short == ["today 07:02", "Wed 23:59", "Fri 14:02", "7 May 14:02", "31 Dec 2025"]
