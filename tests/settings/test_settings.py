import pytest

from opinionscope.settings import Paths, Settings, SettingsError, bundled, read_settings


def test_one_variable_puts_everything_under_one_folder(tmp_path):
    paths = Paths.find({"OPINIONSCOPE_HOME": str(tmp_path)})
    assert {paths.settings.parent, paths.history.parent, paths.data.parent, paths.themes.parent} == {tmp_path}


def test_without_it_the_platforms_folders_are_used():
    paths = Paths.find({})
    assert paths.history.parent.name == "opinionscope"
    assert paths.settings.parent.name == "opinionscope"


def test_no_file_means_defaults(tmp_path):
    assert read_settings(tmp_path / "settings.toml") == Settings()


def test_a_file_is_read(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('model = "gpt-4o"\nunit = "bits"\ntimeout = 20\n')
    settings = read_settings(path)
    assert (settings.model, settings.unit, settings.timeout) == ("gpt-4o", "bits", 20)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("modle = 'x'", "modle"),
        ("unit = 'hartleys'", "unit"),
        ("epsilon = 0", "epsilon"),
        ("epsilon = 'much'", "epsilon"),
        ("timeout = -1", "timeout"),
        ("attempts = 0", "attempts"),
        ("model = ", "settings.toml"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, text, word):
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as refusal:
        read_settings(path)
    assert word in refusal.value.message
    assert "settings.toml" in refusal.value.message


def test_what_came_with_the_program_is_found():
    assert list(bundled("data").glob("*.pack.json"))
    assert list(bundled("themes").glob("*.toml"))
