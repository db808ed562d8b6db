import shutil

import pytest
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from opinionscope.settings import bundled
from opinionscope.theming import ThemeError, load_themes, read_theme
from opinionscope.tui.legible import ENOUGH, SYSTEMS, EnoughContrast, contrast
from opinionscope.tui.legible import shown as as_shown

OWN = load_themes([bundled("themes")])


def rgb(color):
    return ColorTriplet(*Color.parse(color).rgb)


def test_there_are_eight_themes_whose_bars_stand_out_and_differ():
    assert not OWN.problems
    assert len(OWN.themes) >= 8
    assert {theme.dark for theme in OWN.themes} == {True, False}
    assert all(OWN.about.values())
    for theme in OWN.themes:
        human, model, track = (rgb(theme.variables[f"chart-{name}"]) for name in ("human", "model", "track"))
        assert min(contrast(human, track), contrast(model, track)) >= ENOUGH, theme.name
        assert human != model


async def test_every_letter_stands_out_under_every_theme_in_full_256_and_16_colours(make_app, settled):
    app = make_app()
    faint = []
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        for screen in ("explore", "history", "tables", "recipe"):
            await (app.run_action("recipe", app.screen) if screen == "recipe" else app.action_show_mode(screen))
            for theme in OWN.themes:
                app.theme = theme.name
                await pilot.pause()
                for system in ("truecolor", "256", "standard"):
                    for strip in app.screen._compositor.render_strips(app.size):
                        for text, style, _ in EnoughContrast(system).apply(list(strip), Color(0, 0, 0)):
                            if any(letter.isalnum() for letter in text) and style.color and style.bgcolor:
                                ratio = contrast(
                                    *(as_shown(each, SYSTEMS[system]) for each in (style.color, style.bgcolor))
                                )
                                if ratio < ENOUGH:
                                    faint.append((theme.name, screen, system, text, ratio))
    assert not faint


def test_a_bar_behind_a_window_keeps_one_colour_to_its_end():
    faint = Style.parse("#6d5130 on #111820")
    line = [Segment("███", faint), Segment("███▍", faint), Segment("▀▀▘", faint), Segment("14 %", faint)]
    *bars, figure = EnoughContrast("truecolor").apply(line, Color(0, 0, 0))
    assert {style for _, style, _ in bars} == {faint}
    assert figure.style != faint


async def test_a_theme_is_shown_as_the_cursor_moves_and_esc_brings_back_the_one_before(opened, settled, shown):
    async with opened(size=(80, 24)) as (app, pilot):
        await pilot.press("t")
        await settled(pilot)
        await pilot.press(*"safe-li")
        await settled(pilot)
        assert "light, for colour-blind eyes" in shown(app)
        assert (app.theme, "KL(human" in shown(app)) == ("scope-safe-light", True)
        await pilot.press("escape")
        await settled(pilot)
        assert app.theme == "scope-dark"
        await pilot.press("t", *"mono", "enter")
        await settled(pilot)
        assert (app.theme, app.screen.is_modal) == ("scope-mono", False)


@pytest.mark.parametrize(
    ("line", "replacement", "words"),
    [
        ('human = "#ffb454"', 'human = "very orange"', "human expects a colour"),
        ('human = "#ffb454"', "", "human"),
        ('name = "scope-dark"', 'name = "nord"', "a name of its own"),
        ('name = "scope-dark"', "name = 3", "name"),
        ("[chart]", "[chart", "mine.toml"),
        ("dark = true", "dork = true", "dork"),
    ],
)
def test_a_broken_theme_is_refused_with_file_and_reason(tmp_path, line, replacement, words):
    text = (bundled("themes") / "scope-dark.toml").read_text()
    assert line in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(line, replacement))
    with pytest.raises(ThemeError, match=r"mine\.toml") as refusal:
        read_theme(path)
    assert words in refusal.value.message


async def test_broken_themes_are_named_in_one_toast_and_the_good_one_is_there(make_app, home, shown, settled, said):
    themes = home / "themes"
    themes.mkdir()
    good = (bundled("themes") / "scope-light.toml").read_text().replace("scope-light", "mine")
    (themes / "good.toml").write_text(good)
    (themes / "bad.toml").write_text(good.replace('"#a04e00"', '"nonsense"'))
    (themes / "worse.toml").write_bytes(b"\xff\xfe[/")
    app = make_app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settled(pilot)
        assert "mine" in app.available_themes
        assert ["2 things could not be used" in each for each in said] == [True]
        await pilot.press("exclamation_mark")
        await settled(pilot)
        assert "bad.toml" in shown(app)
        assert "worse.toml" in shown(app)
        await pilot.press("escape")
        app.theme = "mine"
        await settled(pilot)
        assert app.theme_variables["chart-model"] == "#0f68b8"


async def test_textuals_own_themes_have_chart_colours_too(opened, shown, settled):
    async with opened() as (app, pilot):
        one_of_a_kind = {("ansi" in name, theme.dark): name for name, theme in BUILTIN_THEMES.items()}
        assert len(one_of_a_kind) > 2
        for theme in one_of_a_kind.values():
            app.theme = theme
            await settled(pilot)
            assert "chart-human" in app.theme_variables
            assert "KL(human ‖ model)" in shown(app)


async def test_a_theme_folder_that_copies_a_theme_replaces_it(make_app, home, settled):
    (home / "themes").mkdir()
    shutil.copy(bundled("themes") / "scope-dark.toml", home / "themes")
    text = (home / "themes" / "scope-dark.toml").read_text()
    (home / "themes" / "scope-dark.toml").write_text(text.replace('human = "#ffb454"', 'human = "#ff0000"'))
    app = make_app()
    async with app.run_test() as pilot:
        await settled(pilot)
        assert app.theme_variables["chart-human"] == "#ff0000"
