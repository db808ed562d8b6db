"""The download: every fault of a server is met by another try, by going on, or by one sentence."""

from pathlib import Path

import pytest

from opinionscope.fetching.download import Patience, download
from opinionscope.fetching.errors import FetchFailedError, RefusedError

BODY = bytes(range(256)) * 2000
HALF = len(BODY) // 2
PATIENCE = Patience(connect=30, read=30, attempts=3, pause=0)


@pytest.fixture
def get(mirror, tmp_path):
    """Fetches from the mirror; what was told and shown on the way stands in `told` and `shown`."""

    def run(url: str = "", largest: int = 10_000_000, patience: Patience = PATIENCE) -> bytes:
        partial = download(
            url or mirror.url,
            tmp_path / ".fetch",
            largest,
            patience,
            progress=lambda have, total: run.shown.append((have, total)),
            tell=run.told.append,
        )
        assert partial.complete
        return partial.body.read_bytes()

    run.told, run.shown = [], []
    return run


def left(folder: Path) -> list[str]:
    return sorted(path.suffix for path in (folder / ".fetch").glob("*"))


def test_a_whole_file_comes_with_progress_and_is_not_fetched_twice(get, mirror):
    mirror.answers = [mirror.whole(BODY)]
    assert get() == BODY
    assert get.shown[0] == (0, len(BODY))
    assert get.shown[-1] == (len(BODY), len(BODY))
    assert get() == BODY
    assert (mirror.asked, get.told) == (1, [])


def test_a_passing_fault_of_the_server_is_tried_again(get, mirror):
    mirror.answers = [mirror.status(500), mirror.whole(BODY)]
    assert get() == BODY
    assert get.told == ["the server answered 500 Internal Server Error; trying again (2 of 3)"]


def test_a_file_cut_short_goes_on_where_it_ended(get, mirror):
    mirror.answers = [mirror.cut(BODY, HALF, ETag='"a"'), mirror.rest(BODY, '"a"')]
    assert get() == BODY
    assert mirror.ranges[1] == (f"bytes={HALF}-", '"a"')
    assert (HALF, len(BODY)) in get.shown


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"a"'}, {"ETag": '"a"', "Accept_Ranges": "none"}])
def test_without_a_promise_that_the_rest_fits_all_is_fetched_anew(get, mirror, headers):
    mirror.answers = [mirror.cut(BODY, HALF, **headers), mirror.whole(BODY)]
    assert get() == BODY
    assert mirror.ranges[1] == (None, None)


def test_a_server_that_sends_all_again_is_not_appended(get, mirror):
    mirror.answers = [mirror.cut(BODY, HALF, ETag='"a"'), mirror.whole(BODY[::-1], ETag='"b"')]
    assert get() == BODY[::-1]


def test_a_server_that_goes_on_with_another_file_is_not_appended(get, mirror):
    other = mirror.rest(BODY[::-1], '"a"')
    mirror.answers = [
        mirror.cut(BODY, HALF, ETag='"a"'),
        lambda handler: other(_with_other_etag(handler)),
        mirror.whole(BODY),
    ]
    assert get() == BODY
    assert mirror.ranges[2] == (None, None)


def _with_other_etag(handler):
    send = handler.send_header
    handler.send_header = lambda name, value: send(name, '"b"' if name == "ETag" else value)
    return handler


@pytest.mark.parametrize(("total", "asked"), [(HALF, 2), (HALF - 1, 3)])
def test_a_file_that_had_come_to_its_end_is_known_as_whole(get, mirror, total, asked):
    """Ended just after the last byte: the server has nothing to add, and says how long its file is."""
    mirror.answers = [
        mirror.cut(BODY, HALF, ETag='"a"'), mirror.status(416, Content_Range=f"bytes */{total}"), mirror.whole(BODY)
    ]  # fmt: skip
    assert get() == (BODY[:HALF] if total == HALF else BODY)
    assert mirror.asked == asked


def test_after_the_last_attempt_what_has_come_is_kept_for_the_next_call(get, mirror, tmp_path):
    mirror.answers = [mirror.cut(BODY, HALF, ETag='"a"'), mirror.status(503)]
    with pytest.raises(FetchFailedError, match=r"3 attempts, the last time because the server answered 503"):
        get()
    assert (mirror.asked, left(tmp_path)) == (3, [".json", ".part"])
    mirror.answers = [mirror.rest(BODY, '"a"')]
    assert get() == BODY


def test_a_missing_file_is_not_asked_for_again(get, mirror, tmp_path):
    mirror.answers = [mirror.status(404)]
    with pytest.raises(FetchFailedError, match=r"404 Not Found; expected an archive\. Check --url and --commit"):
        get()
    assert (mirror.asked, left(tmp_path)) == (1, [])


def test_a_server_that_says_nothing_is_given_up(get, mirror):
    mirror.answers = [mirror.hang()]
    with pytest.raises(FetchFailedError, match=r"nothing came for 0\.1 s"):
        get(patience=Patience(connect=30, read=0.1, attempts=2, pause=0))
    assert mirror.asked == 2


def test_a_server_that_is_not_there(get, mirror):
    mirror.close()
    with pytest.raises(FetchFailedError, match="the connection failed"):
        get()


@pytest.mark.parametrize("length", [True, False], ids=["as announced", "by its bytes"])
def test_a_file_that_is_too_large_is_refused_and_not_kept(get, mirror, tmp_path, length):
    mirror.answers = [mirror.whole(BODY, length=length)]
    with pytest.raises(RefusedError, match="raise --max-mb"):
        get(largest=HALF)
    assert get.shown == [] if length else get.shown[-1][0] <= HALF
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    "location",
    ["http://localhost:{port}/x", "ftp://127.0.0.1/x", "file:///etc/hostname", "//evil.example/x", "http://["],
)
def test_a_redirect_elsewhere_is_refused(get, mirror, tmp_path, location):
    mirror.answers = [mirror.status(302, Location=location.format(port=mirror.port)), mirror.whole(BODY)]
    with pytest.raises(RefusedError, match=r"expected https"):
        get()
    assert (mirror.asked, left(tmp_path)) == (1, [])


def test_a_redirect_on_the_same_server_is_followed_but_not_for_ever(get, mirror):
    mirror.answers = [mirror.status(302, Location="/there"), mirror.whole(BODY)]
    assert get() == BODY
    mirror.answers = [mirror.status(302, Location="/on")]
    with pytest.raises(FetchFailedError, match="5 redirects"):
        get(mirror.url + "?again")


def test_names_and_keys_in_an_address_are_never_shown(get, mirror):
    mirror.answers = [mirror.status(404)]
    with pytest.raises(FetchFailedError) as refusal:
        get(f"http://me:hush@127.0.0.1:{mirror.port}/x?token=hush")
    assert "hush" not in str(refusal.value)
    assert f"http://127.0.0.1:{mirror.port}/x" in str(refusal.value)
