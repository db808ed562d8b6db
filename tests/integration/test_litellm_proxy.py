"""A LiteLLM proxy in front of two servers, one of which dies in the midst of a run: no call is lost or counted twice.

Runs where the proxy is installed: ``litellm[proxy]`` pins many packages, so it is best kept in an environment of its
own, whose ``litellm`` command is named in OPINIONSCOPE_TEST_LITELLM::

    python3 -m venv /tmp/proxy && /tmp/proxy/bin/pip install 'litellm[proxy]'
    OPINIONSCOPE_TEST_LITELLM=/tmp/proxy/bin/litellm python -m pytest -m integration -rs tests/integration
"""

import itertools
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

pytestmark = pytest.mark.integration

README = Path(__file__).parents[2] / "README.md"
COMMAND = os.environ.get("OPINIONSCOPE_TEST_LITELLM")
PATIENCE = 240
CALLS = 200
ANSWERED_BEFORE_IT_DIES = 25
LEFT_HANGING = 3


class Mortal:
    """A server that answers so many calls, leaves some hanging, and is gone."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.answers_left = itertools.repeat("A", ANSWERED_BEFORE_IT_DIES)
        server.default = self._reply

    def _reply(self, body: Mapping[str, Any]) -> Any:
        text = next(self.answers_left, None)
        return self.server.Reply(text=text) if text else self.server.Reply(hold=True, cut_after=0)

    def die(self) -> None:
        self.server.wait_for_requests(ANSWERED_BEFORE_IT_DIES + LEFT_HANGING, timeout=PATIENCE)
        self.server.close()


@pytest.fixture
def key() -> str:
    return f"sk-{secrets.token_urlsafe(32)}"


@pytest.fixture
def proxy(fake_openai: Any, second_openai: Any, key: str, tmp_path: Path) -> Iterator[str]:
    """The address of a proxy set up as the README says, with the fixtures' servers in it."""
    if COMMAND is None:
        pytest.skip("OPINIONSCOPE_TEST_LITELLM does not name the litellm command of a litellm[proxy]")
    if subprocess.run([COMMAND, "--version"], capture_output=True, check=False).returncode:
        pytest.fail(f"{COMMAND}, named by OPINIONSCOPE_TEST_LITELLM, does not run")
    (config,) = (block for block in re.findall(r"```yaml\n(.*?)```", README.read_text("utf-8"), re.DOTALL))
    config = config.replace("127.0.0.1:8001", f"127.0.0.1:{fake_openai.port}")
    config = config.replace("127.0.0.1:8002", f"127.0.0.1:{second_openai.port}")
    (tmp_path / "proxy.yaml").write_text(config, "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [COMMAND, "--config", "proxy.yaml", "--host", "127.0.0.1", "--port", str(port)]
    # Else it asks for its prices on the internet.
    environment = {**os.environ, "LITELLM_MASTER_KEY": key, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    log = tmp_path / "proxy.log"
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=out, stderr=out) as running,
    ):
        try:
            _wait_for(f"http://127.0.0.1:{port}/v1/models", key, running, log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            running.terminate()


def _wait_for(page: str, key: str, running: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and running.poll() is None:
        try:
            with urlopen(Request(page, headers={"Authorization": f"Bearer {key}"}), timeout=5):
                return
        except HTTPError as error:
            pytest.fail(f"the proxy refuses: {error}")
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the proxy did not start: {log.read_text(errors='replace')[-2000:]}")


def start_run(home: Path, key: str, api_base: str) -> "subprocess.Popen[str]":
    asked = ["run", "-q", "GAP21Q33_g_W82", "-g", "Democrat", "-f", "samples", "--samples", str(CALLS), "--json"]
    return subprocess.Popen(
        [sys.executable, "-m", "opinionscope", *asked, "-m", "openai/crowd", "--api-base", api_base],
        env={**os.environ, "OPINIONSCOPE_HOME": str(home), "OPINIONSCOPE_API_KEY": key},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_server_that_dies_behind_the_proxy_costs_no_answer(
    fake_openai: Any, second_openai: Any, proxy: str, key: str, tmp_path: Path
) -> None:
    mortal = Mortal(fake_openai)
    second_openai.always(text="B")

    with start_run(tmp_path / "home", key, proxy) as running:
        try:
            mortal.die()
            out, narration = running.communicate(timeout=PATIENCE)
        finally:
            running.kill()

    assert running.returncode == 0, narration
    run = json.loads(out)
    assert (run["status"], run["error"], run["model"]) == ("done", None, "openai/crowd")
    assert run["answers_by_model"] == {run["resolved_model"]: CALLS}
    assert [answer["call"] for answer in run["answers"]] == list(range(CALLS))
    given = [answer["raw"] for answer in run["answers"]]
    assert (given.count("A"), given.count("B")) == (ANSWERED_BEFORE_IT_DIES, CALLS - ANSWERED_BEFORE_IT_DIES)
    assert key not in out + narration
