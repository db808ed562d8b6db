"""What stands in for dataclasses and compiled expressions behaves like them."""

import copy
import dataclasses
import pickle
import re

import pytest
from msgspec import Struct
from rich.pretty import pretty_repr

from opinionscope.regexes import regex
from opinionscope.respondents.this_machine import _ServedModel
from opinionscope.settings import ModelSettings
from opinionscope.values import replace


class Point(Struct, frozen=True):
    x: int
    y: int = 0


@dataclasses.dataclass(frozen=True)
class Place:
    x: int


def test_a_changed_copy_of_a_struct_and_of_a_dataclass():
    assert replace(Point(1, 2), y=3) == Point(1, 3)
    assert replace(Place(1), x=2) == Place(2)
    with pytest.raises(TypeError, match="z"):
        replace(Point(1), z=1)


def test_an_expression_is_compiled_at_its_first_use_and_behaves_as_if_it_had_been_before():
    lazily, broken = regex(r"(\w)(\d)", re.IGNORECASE), regex("(")
    assert (
        copy.copy(lazily).sub(r"\2\1", "a1 b2") == pickle.loads(pickle.dumps(lazily)).sub(r"\2\1", "a1 b2") == "1a 2b"
    )
    assert (lazily.groups, lazily.pattern, regex(b"a").findall(b"aba")) == (2, r"(\w)(\d)", [b"a", b"a"])
    with pytest.raises(re.error):
        broken.search("")


def test_the_key_of_a_served_model_stays_unshown():
    model = _ServedModel("local/toy", ModelSettings(model="toy"), "canary")
    assert "canary" not in repr(model) + pretty_repr(model)
