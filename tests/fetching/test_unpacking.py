"""Unpacking: nothing that an archive says can leave the folder, fill the disk or be taken for whole when it is not."""

import gzip
import tarfile
import zipfile

import pytest

from opinionscope.archives.unpacking import ArchiveLimits
from opinionscope.fetching.errors import RefusedError
from opinionscope.fetching.source import COMMIT
from opinionscope.fetching.unpacking import unpacked

FILES = {"top/b/two.txt": b"two", "top/one.txt": b"one"}
BAD_NAMES = ["../out", "top/../../out", "/tmp/out", "C:/out", "top/C:out", "top\\..\\out", "top/\x1b[2J"]


@pytest.fixture
def unpack(tmp_path):
    def run(content: bytes, **bounds: int) -> tuple[dict[str, bytes], str, str]:
        archive = tmp_path / "archive"
        archive.write_bytes(content)
        try:
            with unpacked(archive, tmp_path / "beside", ArchiveLimits(**bounds)) as copy:
                files = (path for path in copy.folder.rglob("*") if path.is_file())
                return (
                    {path.relative_to(copy.folder).as_posix(): path.read_bytes() for path in files},
                    copy.commit,
                    copy.digest,
                )
        finally:
            assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "beside"]
            assert not list((tmp_path / "beside").iterdir())

    return run


def member(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def zip_member(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("placeholder")
    info.filename, info.external_attr = name, mode << 16
    return info


def test_both_kinds_of_archives_give_the_same_files_and_digest(unpack, tar, zipped):
    from_tar = unpack(tar(FILES))
    assert from_tar[0] == {"one.txt": b"one", "b/two.txt": b"two"}
    assert from_tar[1] == COMMIT
    assert unpack(zipped(FILES)) == from_tar
    moved = {f"other-{name}": content for name, content in reversed(FILES.items())}
    assert unpack(tar(moved, commit=""))[1:] == ("", from_tar[2])
    assert unpack(tar({**FILES, "top/one.txt": b"ONE"}))[2] != from_tar[2]
    assert unpack(tar({"top/one.txt": b"two", "top/b/two.txt": b"one"}))[2] != from_tar[2]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_path_that_leaves_the_folder_on_any_system_is_refused(unpack, tar, zipped, name):
    for content in (tar({**FILES, name: b"x"}), zipped({**FILES, zip_member(name): b"x"})):
        with pytest.raises(RefusedError, match="stay inside its folder") as refusal:
            unpack(content)
        assert "\x1b" not in str(refusal.value)


@pytest.mark.parametrize(
    ("kind", "link", "expected"),
    [
        (tarfile.SYMTYPE, "/etc", "is a link"),
        (tarfile.LNKTYPE, "top/one.txt", "is a link"),
        (tarfile.CHRTYPE, "", "neither file nor folder"),
        (tarfile.BLKTYPE, "", "neither file nor folder"),
        (tarfile.FIFOTYPE, "", "neither file nor folder"),
    ],
)
def test_links_and_devices_are_refused(unpack, tar, kind, link, expected):
    with pytest.raises(RefusedError, match=expected):
        unpack(tar(FILES, member("top/thing", kind, link)))


@pytest.mark.parametrize(("mode", "expected"), [(0o120777, "is a link"), (0o020644, "neither file nor folder")])
def test_links_and_devices_in_a_zip_are_refused(unpack, zipped, mode, expected):
    with pytest.raises(RefusedError, match=expected):
        unpack(zipped({**FILES, zip_member("top/thing", mode): b"/etc"}))


def test_an_archive_made_to_fill_the_disk_is_refused(unpack, tar, zipped):
    zeros = {"top/zeros": bytes(3_000_000)}
    for make in (tar, zipped):
        with pytest.raises(RefusedError, match="made to fill a disk"):
            unpack(make(zeros))
        assert unpack(make(zeros), unsuspicious=4_000_000)[0] == {"zeros": bytes(3_000_000)}
        with pytest.raises(RefusedError, match="made to fill a disk"):
            unpack(make(zeros), unsuspicious=4_000_000, size=2_000_000)


def test_a_zip_that_lies_about_its_sizes_is_refused(unpack, zipped):
    honest = zipped({"top/zeros": bytes(3_000_000)})
    with pytest.raises(RefusedError):
        unpack(honest.replace((3_000_000).to_bytes(4, "little"), (30).to_bytes(4, "little")))


def test_a_header_that_would_fill_the_memory_is_not_read(unpack):
    info = tarfile.TarInfo("top/x")
    info.type, info.size = tarfile.XHDTYPE, 2_000_000
    with pytest.raises(RefusedError, match="header of unlikely length"):
        unpack(gzip.compress(info.tobuf() + bytes(2_000_000)), unsuspicious=4_000_000)


def test_too_many_members_are_refused(unpack, tar, zipped):
    many = {f"top/{number}": b"" for number in range(11)}
    for make in (tar, zipped):
        assert len(unpack(make(many), members=11)[0]) == 11
        with pytest.raises(RefusedError, match="more than 10 files"):
            unpack(make(many), members=10)


def test_a_name_that_comes_twice_is_refused(unpack, tar):
    again = member("top/one.txt", tarfile.REGTYPE)
    below = member("top/one.txt/x", tarfile.REGTYPE)
    over = member("top/b", tarfile.REGTYPE)
    for extra in (again, below, over):
        with pytest.raises(RefusedError, match="twice"):
            unpack(tar(FILES, extra))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_comes_twice_in_a_zip_is_refused(unpack, zipped):
    with pytest.raises(RefusedError, match="twice"):
        unpack(zipped({zip_member("top/a"): b"1", zip_member("top/./a"): b"2"}))


def test_what_is_cut_short_or_damaged_is_refused(unpack, tar, zipped):
    plain = gzip.decompress(tar(FILES))
    headers = [at for at in range(0, len(plain), 512) if plain[at:].startswith(b"top/")]
    broken = bytearray(plain)
    broken[headers[-1] + 150] ^= 0xFF
    for content in (
        tar(FILES)[:-10],
        zipped(FILES)[:-70],
        gzip.compress(plain[: headers[-1] + 700]),
        gzip.compress(plain[: headers[-1]]),
        gzip.compress(bytes(broken)),
        b"\x1f\x8b" + b"rubbish" * 99,
        b"PK\x03\x04" + b"rubbish" * 99,
    ):
        with pytest.raises(RefusedError, match="damaged or was cut short"):
            unpack(content)


@pytest.mark.parametrize(("content", "what"), [(b"\n<!doctype html>", "a web page"), (b"", "something else")])
def test_what_is_no_archive_is_refused(unpack, content, what):
    with pytest.raises(RefusedError, match=f"^[^<]*it is {what}, and no archive"):
        unpack(content)


def test_an_archive_without_files_is_refused(unpack, tar):
    with pytest.raises(RefusedError, match="no file"):
        unpack(tar({}, member("top", tarfile.DIRTYPE)))


def test_leftovers_of_a_killed_call_go_and_those_of_one_at_work_stay(tmp_path, tar, monkeypatch):
    archive, beside = tmp_path / "archive", tmp_path / "beside"
    archive.write_bytes(tar(FILES))
    for age, expected in ((0, ["unpacked-left"]), (90_000, [])):
        left = beside / "unpacked-left"
        left.mkdir(parents=True, exist_ok=True)
        now = left.stat().st_mtime + age
        monkeypatch.setattr("opinionscope.files.time.time", lambda now=now: now)
        with unpacked(archive, beside, ArchiveLimits()):
            pass
        assert [path.name for path in beside.iterdir()] == expected
