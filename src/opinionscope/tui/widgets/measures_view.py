"""MeasuresView: KL large, the other measures and the noise floor beside it."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Digits, Static
from typing_extensions import override

from opinionscope.history import Run
from opinionscope.report import KL_NAME, Unit, caveats, divergence, noise_sentence, other_measures
from opinionscope.tui.styles import MUTED


class MeasuresView(Horizontal):
    """The numbers of a run, or the sentence that says why there are none."""

    @override
    def compose(self) -> ComposeResult:
        with Vertical(id="kl"):
            yield Static(KL_NAME, id="kl-name", markup=False)
            yield Digits("", id="kl-value")
        with Vertical(id="beside"):
            yield Static(id="others", markup=False)
            yield Static(id="floor", markup=False)
            yield Static(id="caveats", markup=False)

    def show(self, run: Run, unit: Unit, hint: str = "") -> None:
        """Show the measures of a run; `hint` stands where there are none yet."""
        alignment = run.alignment
        self.set_class(alignment is None, "-without")
        self.set_class(bool(run.error), "-error")
        name, value = self.query_one("#kl-name", Static), self.query_one("#kl-value", Digits)
        others, floor = self.query_one("#others", Static), self.query_one("#floor", Static)
        notes = self.query_one("#caveats", Static)
        if alignment is None:
            others.update(Content(run.error_title or hint))
            floor.update(Content(run.error))
            notes.update(Content(" · ".join(caveats(run)) if not run.error else ""))
            return
        name.update(Content.assemble(KL_NAME, (f"  {unit}", MUTED)))
        value.update(divergence(alignment.kl, unit))
        others.update(
            Content("   ").join(
                Content.assemble(
                    (f"{measure.name} ", MUTED),
                    (measure.value, "bold"),
                    (f" {measure.unit}" if measure.unit else "", MUTED),
                )
                for measure in other_measures(alignment, unit)
            )
        )
        style = "$success" if alignment.within_noise else ""
        floor.update(Content.styled(noise_sentence(alignment, unit), style))
        notes.update(Content(" · ".join(caveats(run))))
