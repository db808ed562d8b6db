import inspect
import re

import pytest

from opinionscope import settings as settings_module
from opinionscope.respondents.named_models import NamedModel
from opinionscope.settings import ParameterSettings, Paths, Settings, SettingsError, bundled, changed, read_settings


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
        ("modle = 'x'", "no field modle; did you mean model or models"),
        ("unit = 'hartleys'", 'unit: expected "nats" or "bits"'),
        ("epsilon = 0", "epsilon: expected a number above 0 and below 1, got 0"),
        ("epsilon = nan", "epsilon: expected a number above 0 and below 1, got nan"),
        ("epsilon = 'much'", "epsilon"),
        ("timeout = -1", "timeout"),
        ("attempts = 0", "attempts"),
        ("model = ", "settings.toml"),
        ("concurrency = 0", "concurrency"),
        ("cache = 'yes'", "cache"),
        ("[models.mine]", "[models.mine] lacks model"),
        ("[models.'a b']\nmodel = 'gpt-4o'", "one word"),
        ("[models.'router/x']\nmodel = 'gpt-4o'", "does not begin with"),
        ("[models.mine]\nmodel = 'gpt-4o'\nkey = 'x'", "[models.mine] key would keep a key in a file; write key_env"),
        (
            "[models.mine]\nmodel = 'gpt-4o'\nport = 1",
            "[models.mine] there is no field port; expected model, api_base,",
        ),
        (
            "[models.mine.parameters]\nseed = 1",
            "[models.mine] parameters has no field seed; expected temperature, top_p",
        ),
        ("[models.mine]\nmodel = 3", "[models.mine] model: expected str, got int"),
        ("colour = 'red'", "there is no field colour; expected model, api_base, theme"),
        ("models = 3", "models: expected object, got int"),
        ("[models.mine]\nmodel = 'gpt-4o'\napi_base = 'ftp://x'", "[models.mine] api_base: expected an address"),
        ("api_base = 'localhost:8000'", "api_base: expected an address"),
        ("[models.mine]\nmodel = 'gpt-4o'\nkey_env = 'MY_KEY'\nkey_command = ['x']", "not both"),
        ("[models.mine]\nmodel = 'gpt-4o'\nkey_command = 'pass show x'", "array"),
        ("[models.mine]\nmodel = 'gpt-4o'\nkey_timeout = 0", "key_timeout"),
        (
            "[models.mine]\nmodel = 'gpt-4o'\nheaders = {'a b' = 'MY_KEY'}",
            "[models.mine] headers: expected the name of a header",
        ),
        ("router = 'r.yaml'", "router is not read any more; remove it, start a LiteLLM proxy"),
        ("[models.crowd]\nrouter = 'r.yaml'", "[models.crowd] router is not read any more; remove it"),
        ("[models.mine]\nmodel = 'm'\n[models.mine.parameters]\ntemperature = 3", "between 0 and 2"),
        ("[models.mine]\nmodel = 'm'\n[models.mine.parameters]\napi_key = 'x'", "api_key"),
        (
            "[limits.openai]\ncalls_per_minute = 0",
            "[limits.openai] calls_per_minute: expected a whole number of at least 1, got 0",
        ),
        ("[limits.openai]\nper_second = 1", "per_second"),
        ("theme = 'caf\xe9'", "expected text in UTF-8, got another byte (0xe9) on line 1; save it as UTF-8"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, text, word):
    path = tmp_path / "settings.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingsError) as refusal:
        read_settings(path)
    assert word in refusal.value.message
    assert "settings.toml" in refusal.value.message


@pytest.mark.parametrize("line", ["key_env = 'sk-live-12345'", "headers = {X = 'Bearer sk-live-12345'}"])
def test_a_key_written_where_a_variables_name_belongs_is_refused_and_not_repeated(tmp_path, line):
    path = tmp_path / "settings.toml"
    path.write_text(f"[models.mine]\nmodel = 'gpt-4o'\n{line}\n")
    with pytest.raises(SettingsError, match="expected the name of an environment variable") as refusal:
        read_settings(path)
    assert "12345" not in str(refusal.value)


def test_models_and_limits_become_what_respondents_work_with(tmp_path):
    (tmp_path / "settings.toml").write_text(
        "cache = true\n"
        "[models.mine]\nmodel = 'openai/x'\nparameters = {top_p = 0.5}\nkey_command = ['pass', 'show', 'x']\n"
        "[limits.mine]\ncalls_per_minute = 9\n"
    )
    settings = read_settings(tmp_path / "settings.toml")
    mine = NamedModel("mine", settings.models["mine"])
    assert (mine.model, mine.api_base, mine.parameters) == ("openai/x", None, {"top_p": 0.5})
    assert mine.settings.key_command == ("pass", "show", "x")
    assert settings.limits["mine"].calls_per_minute == 9
    assert settings.cache


def test_what_is_changed_is_checked_again_and_the_rest_stays(tmp_path):
    (tmp_path / "settings.toml").write_text("[models.mine]\nmodel = 'openai/x'\nkey_command = ['pass']\n")
    settings = read_settings(tmp_path / "settings.toml")
    assert changed(settings, timeout=5).models == settings.models
    assert changed(settings, timeout=5).timeout == 5
    with pytest.raises(SettingsError, match="timeout: expected a number above 0, got 0"):
        changed(settings, timeout=0)


def test_every_field_of_the_settings_has_a_docstring():
    source = inspect.getsource(settings_module)
    for kind in (Settings, settings_module.ModelSettings, ParameterSettings, settings_module.LimitSettings):
        for name in kind.__struct_fields__:
            assert re.search(rf'^    {name}: .*\n    """\S', source, re.MULTILINE), f"{kind.__name__}.{name}"


def test_what_came_with_the_program_is_found():
    assert list(bundled("data").glob("*.pack.json"))
    assert list(bundled("themes").glob("*.toml"))
