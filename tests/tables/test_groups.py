"""Which groups a table is over."""

import numpy as np
from msgspec.structs import replace

from opinionscope.survey import Group


def test_recorded_answers_for_groups_that_the_benchmark_does_not_score_are_left_out_and_told(made, planted):
    human = np.random.default_rng(5).dirichlet(np.full(4, 8.0), (10, 2))
    items = planted(human, human, 300)
    others = [
        replace(
            each,
            run_id="",
            question=replace(each.question, dataset="opinionqa"),
            group=Group("Asian", each.group.attributes),
        )
        for each in items[:3]
    ]
    report = made("collapse", [*items, *others])
    assert sum(row["items"] for row in report.rows) == len(items)
    assert any(
        note.startswith("3 recorded answers for groups that the benchmark does not score") for note in report.notes
    )
    asked = made("collapse", [*items, *others], "group:Asian")
    assert sum(row["items"] for row in asked.rows) == 3
