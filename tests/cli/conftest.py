import json

import pytest
from click.testing import CliRunner

from opinionscope.cli import main
from opinionscope.respondents import catalog
from opinionscope.respondents.local_servers import ServerKind, models_of


@pytest.fixture
def cli(home):
    """Runs a command line: its result has exit_code, stdout and stderr."""

    def run(*arguments: str):
        result = CliRunner().invoke(main, list(arguments))
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def server_here(fake_openai, monkeypatch: pytest.MonkeyPatch):
    """The fake server at the only place of this machine that is looked at."""
    monkeypatch.setattr(catalog, "LOCAL_SERVERS", (ServerKind("LM Studio", fake_openai.port),))
    monkeypatch.setattr(catalog, "models_of", lambda server, _: models_of(server, patience=30))
    return fake_openai


@pytest.fixture
def cli_json(cli):
    def run(*arguments: str):
        result = cli(*arguments, "--json")
        assert result.exit_code in (0, 1), result.stderr
        return json.loads(result.stdout)

    return run
