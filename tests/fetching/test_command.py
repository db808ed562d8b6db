"""`opinionscope data fetch`: from a mirror to imported data, or one sentence and everything as it was."""

import hashlib
import json
from pathlib import Path

import pytest

from opinionscope.commands import data_fetch
from opinionscope.fetching.source import COMMIT, Source

OTHER = "ab" * 20


def files(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in (home / "data").rglob("*") if path.is_file()}


def sentence(result, code: int) -> str:
    """The one sentence of a command that ended with an error."""
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    (line,) = (line for line in result.stderr.splitlines() if line.startswith("Error: "))
    return line


@pytest.mark.parametrize("kind", ["tar", "zipped"])
def test_what_is_fetched_is_imported_and_the_archive_goes(fetch, mirror, request, repository, home, kind):
    mirror.answers = [mirror.whole(request.getfixturevalue(kind)(repository()))]
    result = fetch("--json")
    assert result.exit_code == 0, result.stderr
    (read,) = json.loads(result.stdout)["datasets"]
    assert (read["questions"], read["models"][0]["model"]) == (1, "parrot")
    assert COMMIT in result.stderr
    noted = json.loads((home / "data" / "fetched.json").read_text())
    assert noted[COMMIT] in result.stderr
    assert {path.name for path in (home / "data").iterdir()} == {"benchmark", "fetched.json"}
    before = files(home)
    assert "Nothing changed" in fetch().stdout
    assert files(home) == before


def test_a_dry_run_leaves_nothing(fetch, mirror, tar, repository, home):
    mirror.answers = [mirror.whole(tar(repository()))]
    result = fetch("--dry-run")
    assert result.exit_code == 0
    assert "would write" in result.stdout
    assert not files(home)


def test_an_archive_of_another_commit_is_refused_unless_it_is_named(fetch, mirror, tar, zipped, repository, home):
    for archive in (tar(repository(), commit=OTHER), zipped(repository(), OTHER)):
        mirror.answers = [mirror.whole(archive)]
        refusal = sentence(fetch(), 2)
        assert OTHER in refusal
        assert COMMIT in refusal
        assert not files(home)
    assert fetch("--commit", OTHER.upper()).exit_code == 0


def test_a_digest_is_demanded_of_every_byte(fetch, mirror, tar, repository, home):
    archive = tar(repository())
    mirror.answers = [mirror.whole(archive)]
    digest = hashlib.sha256(archive).hexdigest()
    refusal = sentence(fetch("--sha256", digest[::-1]), 2)
    assert digest in refusal
    assert digest[::-1] in refusal
    assert not files(home)
    assert fetch("--sha256", digest).exit_code == 0


def test_the_same_commit_with_other_content_is_refused(fetch, mirror, tar, repository, home):
    mirror.answers = [mirror.whole(tar(repository()))]
    assert fetch().exit_code == 0
    before = files(home)
    changed = tar(repository(topic="gates"), commit="")
    mirror.answers = [mirror.whole(changed)]
    refusal = sentence(fetch(), 2)
    assert "a commit never changes" in refusal
    assert "--sha256" in refusal
    assert files(home) == before
    assert fetch("--sha256", hashlib.sha256(changed).hexdigest()).exit_code == 0
    assert fetch().exit_code == 0


def test_what_the_importer_cannot_read_is_not_trusted_and_not_kept(fetch, mirror, tar, home):
    mirror.answers = [mirror.whole(tar({"copy/README.md": b"?"}))]
    refusal = sentence(fetch(), 2)
    assert mirror.url in refusal
    assert ".fetch" not in refusal
    assert not (home / "data").exists() or not files(home)


def test_a_refused_archive_leaves_the_data_as_they_were(fetch, mirror, tar, repository, home):
    mirror.answers = [mirror.whole(tar(repository()))]
    fetch()
    before = files(home)
    hostile = tar({**repository(topic="gates"), "../../../out": b"x"})
    for content, expected in (
        (hostile, "../../../out"),
        (b"<html>sign in", "web page"),
        (b"x" * 2_000_000, "--max-mb"),
    ):
        mirror.answers = [mirror.whole(content)]
        assert expected in sentence(fetch("--max-mb", "1"), 2)
        assert files(home) == before


@pytest.mark.parametrize("answer", ["404", "503", "cut"])
def test_a_failing_network_ends_with_1_and_leaves_the_data_as_they_were(fetch, mirror, tar, repository, home, answer):
    archive = tar(repository())
    cut = mirror.cut(archive, len(archive) // 2)
    mirror.answers = [cut if answer == "cut" else mirror.status(int(answer))]
    refusal = sentence(fetch(), 1)
    assert mirror.url in refusal
    assert not (home / "data" / "benchmark").exists()


def test_ctrl_c_in_the_download_changes_nothing_and_the_next_call_goes_on(
    fetch, mirror, tar, repository, home, monkeypatch
):
    mirror.answers = [mirror.whole(tar(repository()))]
    fetch()
    before = files(home)
    archive = tar(repository(topic="gates"), commit=OTHER)

    def stop(have: int, total: int | None) -> None:
        if have:
            raise KeyboardInterrupt

    mirror.answers = [mirror.whole(archive, ETag='"a"')]
    with monkeypatch.context() as patch:
        patch.setattr(data_fetch, "_silent", stop)
        result = fetch("--commit", OTHER)
    assert result.exit_code == 130
    assert "nothing was changed" in result.stderr
    assert "same command again goes on" in result.stderr
    assert {name: content for name, content in files(home).items() if ".fetch" not in name} == before
    mirror.answers = [mirror.status(416, Content_Range=f"bytes */{len(archive)}")]
    assert fetch("--commit", OTHER).exit_code == 0
    assert mirror.ranges[-1] == (f"bytes={len(archive)}-", '"a"')
    assert not (home / "data" / ".fetch").exists()


def test_ctrl_c_while_importing_keeps_the_download(fetch, mirror, tar, repository, home, monkeypatch):
    mirror.answers = [mirror.whole(tar(repository()))]

    def stop(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(data_fetch, "import_data", stop)
        assert fetch().exit_code == 130
    assert {path.name for path in (home / "data").iterdir()} == {".fetch"}
    assert {path.suffix for path in (home / "data" / ".fetch").iterdir()} == {".part", ".json"}
    assert fetch().exit_code == 0
    assert mirror.asked == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--url", "http://mirror.example/x"], "expected https, or --sha256"),
        (["--url", "http://127.0.0.1.mirror.example/x"], "expected https, or --sha256"),
        (["--url", "file:///x.tar.gz"], "data import"),
        (["--url", "https://[x"], "expected https://HOST"),
        (["--commit", "main"], "40 hex digits"),
        (["--sha256", "abc"], "64 hex digits"),
    ],
)
def test_what_cannot_be_trusted_is_refused_before_anything_is_asked(fetch, mirror, home, arguments, expected):
    mirror.answers = [mirror.status(404)]
    assert expected in sentence(fetch(*arguments), 2)
    assert mirror.asked == 0


def test_without_a_mirror_it_is_the_public_host_at_the_pinned_commit():
    source = Source.of()
    assert source.url.startswith("https://codeload.github.com/")
    assert source.url.endswith(f"/tar.gz/{COMMIT}")
    assert Source.of(commit=OTHER).url.endswith(OTHER)


def test_notes_that_cannot_be_understood_are_one_sentence(fetch, mirror, tar, repository, home):
    (home / "data").mkdir(parents=True)
    (home / "data" / "fetched.json").write_text("[1]")
    mirror.answers = [mirror.whole(tar(repository()))]
    assert "fetched.json cannot be understood" in sentence(fetch(), 2)
    assert not (home / "data" / "benchmark").exists()
