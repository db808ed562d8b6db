"""MeasuresView: KL large, TV as well where there is room; the other measures and the noise floor beside or below."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Digits, Static
from typing_extensions import override

from opinionscope.alignment.alignment import Alignment
from opinionscope.alignment.measures import MEASURES
from opinionscope.report.caveats import caveats
from opinionscope.report.people import people_sentences
from opinionscope.report.spread import spread_sentences
from opinionscope.report.text_check import text_check_sentences
from opinionscope.report.words import (
    KL_NAME,
    Unit,
    cost,
    divergence,
    knowing_sentence,
    muted_sentence,
    noise_sentence,
    noise_verdict,
    other_measures,
)
from opinionscope.runs import Run
from opinionscope.tui.styles import MUTED


class MeasuresView(Horizontal):
    """The numbers of a run, or the sentence that says why there are none.

    Args:
        run: what is shown at first.
        unit: of the divergences.
        hint: what can be done next; it stands behind the noise floor, or where there are no measures yet.
    """

    def __init__(self, run: Run, unit: Unit, hint: str = "") -> None:
        super().__init__()
        self._shown = (run, unit, hint)
        self._is_tv_large = False
        self._mark(run, hint)

    @override
    def compose(self) -> ComposeResult:
        run, unit, _ = self._shown
        with Horizontal(id="figures"):
            with Vertical(id="kl", classes="figure"):
                yield Static(_name(unit), id="kl-name", classes="name", markup=False)
                yield Digits(_value(run, unit), id="kl-value")
                yield Static(_floor(run, "kl", unit), id="kl-floor", classes="floor", markup=False)
            with Vertical(id="tv", classes="figure"):
                yield Static("TV  0 to 1", id="tv-name", classes="name", markup=False)
                yield Digits(_tv(run), id="tv-value")
                yield Static(_floor(run, "tv", unit), id="tv-floor", classes="floor", markup=False)
        yield Static(_words(*self._shown), id="beside", markup=False)

    def show(self, run: Run, unit: Unit, hint: str = "") -> None:
        """Show the measures of another run; `hint` says what can be done next."""
        self._shown = (run, unit, hint)
        self._mark(run, hint)
        self.query_one("#kl-name", Static).update(_name(unit))
        self.query_one("#kl-value", Digits).update(_value(run, unit))
        self.query_one("#kl-floor", Static).update(_floor(run, "kl", unit))
        self.query_one("#tv-value", Digits).update(_tv(run))
        self.query_one("#tv-floor", Static).update(_floor(run, "tv", unit))
        self._say()

    def on_resize(self) -> None:
        """Leave out of the words what stands in large digits now, or say it again."""
        if self._is_tv_large != self.query_one("#tv").display:
            self._say()

    def _say(self) -> None:
        self._is_tv_large = self.query_one("#tv").display
        self.query_one("#beside", Static).update(_words(*self._shown, is_tv_large=self._is_tv_large))

    def _mark(self, run: Run, hint: str) -> None:
        self.set_class(run.alignment is None, "-without")
        self.set_class(bool(run.measures_muted), "-muted")
        self.display = bool(run.alignment or hint or caveats(run))


def _name(unit: Unit) -> Content:
    return Content.assemble(KL_NAME, (f"  {unit}", MUTED))


def _value(run: Run, unit: Unit) -> str:
    kl = run.alignment["kl"] if run.alignment else None
    return "" if kl is None else divergence(kl, unit)


def _tv(run: Run) -> str:
    tv = run.alignment["tv"] if run.alignment else None
    return "" if tv is None else f"{tv:.3f}"


def _floor(run: Run, name: str, unit: Unit) -> Content:
    """What a perfect answer would score by chance, under the figure that it is to be held against."""
    score = run.alignment.scores.get(name) if run.alignment else None
    if score is None or score.floor is None:
        return Content.styled("no noise floor", MUTED)
    value = f"{divergence(score.floor, unit)} {unit}" if name == "kl" else f"{score.floor:.3f}"
    return Content.styled(f"noise floor {value}", MUTED)


def _noise(alignment: Alignment, unit: Unit, *, is_tv_large: bool) -> str:
    has_floors = alignment.scores["kl"].floor is not None and alignment.scores["tv"].floor is not None
    return noise_verdict(alignment, unit) if is_tv_large and has_floors else noise_sentence(alignment, unit)


def _words(run: Run, unit: Unit, hint: str, *, is_tv_large: bool = False) -> Content:
    """What stands beside the figures; without TV and the noise floors where those stand in large digits."""
    notes = Content.styled(" · ".join(filter(None, (*caveats(run), cost(run)))), MUTED)
    if run.alignment is None:
        return Content("\n").join([Content(hint), notes])
    muted = muted_sentence(run)
    others = Content("   ").join(
        Content.assemble(
            (f"{measure.label} ", MUTED),
            (measure.value, MUTED if muted else "bold"),
            (f" {measure.unit}" if measure.unit else "", MUTED),
        )
        for measure in other_measures(run.alignment, unit)
        if not (is_tv_large and measure.label == MEASURES["tv"].label)
    )
    is_good = run.alignment.within_noise and not muted
    noise = _noise(run.alignment, unit, is_tv_large=is_tv_large)
    floor = [Content.styled(noise, "$success" if is_good else "")] if noise else []
    people = [Content.styled(sentence, "bold") for sentence in people_sentences(run)]
    spread = [Content(sentence) for sentence in (*text_check_sentences(run), *spread_sentences(run, unit))]
    reason = [Content.styled(muted, "$warning")] if muted else []
    knowing = [] if muted else [Content(sentence) for sentence in [knowing_sentence(run.alignment)] if sentence]
    ahead = [Content(hint)] if hint.strip() else []
    return Content("\n").join([*reason, others, *floor, *ahead, *people, *knowing, *spread, notes])
