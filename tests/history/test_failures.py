"""What goes wrong is said in a sentence; what must stay secret stays out of the file."""

import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from opinionscope.history import History, HistoryError
from opinionscope.history.errors import explained
from opinionscope.respondents.redaction import public_url
from opinionscope.runs import Run
from opinionscope.values import replace

MakeRun = Callable[..., Run]


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "diary.txt"
    path.write_text("Dear diary, " * 200)
    with pytest.raises(HistoryError, match=r"diary\.txt is not an SQLite database; .* --db"):
        History.open(path)
    assert path.read_text() == "Dear diary, " * 200
    assert [file.name for file in tmp_path.iterdir()] == ["diary.txt"]


def test_another_programs_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "logs.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE responses (id TEXT)")
    before = path.read_bytes()
    with pytest.raises(HistoryError, match="database of another program"):
        History.open(path)
    assert path.read_bytes() == before


def test_a_file_of_a_newer_version_is_refused(path: Path) -> None:
    History.open(path).close()
    with closing(sqlite3.connect(path)) as newer, newer:
        newer.execute("INSERT INTO _sqlite_migrations VALUES (99, 'opinionscope', 'from_the_future', '2030-01-01')")
    with pytest.raises(HistoryError, match="newer version of opinionscope; update") as caught:
        History.open(path)
    assert caught.value.title == "The history is too new"


@pytest.mark.parametrize("name", ["file/history.db", "folder"])
def test_a_place_where_no_file_can_be(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(HistoryError, match="check the rights of the file and its folder"):
        History.open(tmp_path / name)


def test_a_lock_that_is_not_given_up(path: Path, done: MakeRun) -> None:
    run = done()
    with History.open(path, patience=0.02) as history, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for write in (history.begin, history.finish):
            with pytest.raises(HistoryError, match="locked by another program"):
                write(run)
        assert history.count() == 0
        other.execute("ROLLBACK")
        history.finish(run)
        assert history.get(run.id) == run
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_full_disk(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "small.db")) as small:
        small.execute("PRAGMA max_page_count = 1")
        with pytest.raises(HistoryError, match="disk is full"), explained(tmp_path / "small.db"):
            small.execute("CREATE TABLE t (x)")


def test_a_write_that_fails_half_way_leaves_no_half(history: History, draft: MakeRun, done: MakeRun) -> None:
    run = draft()
    history.begin(run)
    with closing(sqlite3.connect(history.path)) as plain, plain:
        plain.execute("CREATE TRIGGER full BEFORE INSERT ON distributions BEGIN SELECT RAISE(ABORT, 'no room'); END")
    with pytest.raises(HistoryError, match="no room"):
        history.finish(done(id=run.id))
    assert history.get(run.id) == run
    with pytest.raises(HistoryError):
        history.finish(done())
    assert history.count() == 1


def test_a_run_begins_only_once(history: History, done: MakeRun) -> None:
    run = done()
    history.finish(run)
    with pytest.raises(HistoryError):
        history.begin(run)
    assert history.get(run.id) == run


def test_a_closed_history_opens_again(history: History, done: MakeRun) -> None:
    history.close()
    run = done()
    history.finish(run)
    assert history.get(run.id) == run


def test_nothing_is_made_before_it_is_needed(path: Path) -> None:
    History(path).close()
    assert not path.parent.exists()


def test_the_file_and_its_folder_are_the_users_alone(history: History, done: MakeRun, draft: MakeRun) -> None:
    history.finish(done())
    history.begin(draft())
    assert stat.S_IMODE(history.path.parent.stat().st_mode) == 0o700
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in history.path.parent.iterdir()}
    assert len(modes) == 4
    assert set(modes.values()) == {0o600}, modes


def test_no_key_in_an_address_reaches_the_file(history: History, done: MakeRun, draft: MakeRun) -> None:
    canary = "sk-CANARY-0123456789"
    run = done(api_base=f"https://me:{canary}@proxy.example:8443/v1?api_key={canary}#{canary}")
    history.finish(run)
    history.begin(replace(run, id=draft().id))
    assert [history.get(row.id).api_base for row in history.page()] == ["https://proxy.example:8443/v1"] * 2
    for file in history.path.parent.iterdir():
        assert canary.encode() not in file.read_bytes(), file.name


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("http://localhost:11434", "http://localhost:11434"),
        ("http://[::1]:8080/v1/", "http://[::1]:8080/v1/"),
        ("https://gateway.example/team/v1", "https://gateway.example/team/v1"),
        ("me:key@host/v1", "host/v1"),
        ("https://key@host", "https://host"),
        ("https://a@b:key@host/v1", "https://host/v1"),
        ("https://host?key=1&next=http://other", "https://host"),
        ("http://me:k/ey@host/v1", "(an address that could not be read)"),
        ("http://me:1/2@host/v1", "(an address that could not be read)"),
        ("http://me:k#ey@host/v1", "(an address that could not be read)"),
        ("http://me:1#2@host/v1", "(an address that could not be read)"),
        ("http://me:k://ey@host/v1", "(an address that could not be read)"),
        ("", "(an address that could not be read)"),
    ],
)
def test_public_url(url: str, public: str) -> None:
    assert public_url(url) == public
