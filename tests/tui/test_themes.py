import shutil

import pytest
from textual.theme import BUILTIN_THEMES

from opinionscope.settings import bundled
from opinionscope.theming import ThemeError, load_themes, read_theme


def test_our_own_themes_are_a_dark_and_a_light_one_with_both_chart_colours():
    loaded = load_themes([bundled("themes")])
    assert not loaded.problems
    assert {theme.dark for theme in loaded.themes} == {True, False}
    for theme in loaded.themes:
        assert theme.variables["chart-human"] != theme.variables["chart-model"]


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
    (themes / "bad.toml").write_text(good.replace('"#b25a00"', '"nonsense"'))
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


async def test_textuals_own_themes_have_chart_colours_too(make_app, shown, settled):
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
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
