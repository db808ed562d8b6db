"""Packed files: the one table in them is read, and what cannot be read is refused with what to do."""

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from itertools import count
from typing import Any

import pytest

from opinionscope.importers import gather
from opinionscope.importers.base import ImportOptions, ImportRefusedError

TABLE = b"question,option,group,count\nLike buses?,Yes,Women,30\nLike buses?,No,Women,20\n"
OTHER = TABLE.replace(b"30", b"31")
PEOPLE = b"sex,q\n" + b"F,Yes\nM,No\n" * 30


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _tar(mode: str, name: str = "data/survey.csv") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        info = tarfile.TarInfo(name)
        info.size = len(TABLE)
        archive.addfile(info, io.BytesIO(TABLE))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "member"),
    [
        ("export.zip", _zip(**{"survey.csv": TABLE}), "survey.csv"),
        ("survey.csv.gz", gzip.compress(TABLE), "survey.csv"),
        ("survey.csv.gz", gzip.compress(TABLE[:40]) + gzip.compress(TABLE[40:]), "survey.csv"),
        ("survey.csv.bz2", bz2.compress(TABLE), "survey.csv"),
        ("survey.csv.XZ", lzma.compress(TABLE), "survey.csv"),
        ("export.tar", _tar("w"), "survey.csv"),
        ("export.tgz", _tar("w:gz"), "survey.csv"),
        ("export.tar.xz", _tar("w:xz"), "survey.csv"),
    ],
    ids=count(),
)
def test_the_table_in_a_packed_file_is_read_as_if_unpacked(name: str, content: bytes, member: str, field: Any) -> None:
    gathered = field.gather(content, name)
    assert field.human(gathered) == [30, 20]
    assert gathered.decisions[0] == f'"{member}" in {name} was read.'
    assert [*gathered.datasets] == ["survey"]
    pack = json.loads(gathered.texts["survey.pack.json"])
    assert pack["card"]["notes"][0].startswith(f"Imported from {member} in {name};")


def test_what_systems_and_sites_put_beside_a_table_is_passed_over(field: Any) -> None:
    members = {
        "out/": b"",
        "out/my survey.csv": TABLE,
        "out/README.txt": b"a, b\n1, 2\n",
        "out/Code-Book.csv": b"variable,label\nq,Like?\n",
        "out/questionnaire.pdf": b"%PDF",
        "out/.DS_Store": b"x",
        "__MACOSX/out/._my survey.csv": b"\0\1",
    }
    gathered = field.gather(_zip(**members), "export.zip")
    assert field.human(gathered) == [30, 20]
    assert gathered.decisions[0] == '"my survey.csv" in export.zip was read, and not Code-Book.csv, README.txt.'


def test_of_several_tables_the_one_that_is_named_is_read(field: Any) -> None:
    content = _zip(**{"data/a.csv": TABLE, "data/b.csv": OTHER})
    assert (
        field.refused(content, "export.zip") == "export.zip holds 2 files that can be read: a.csv, b.csv; "
        "name the one that you mean, as in export.zip/a.csv"
    )
    path = field.write(content, "export.zip")
    for member in ("b.csv", "data/b.csv"):
        assert field.human(gather(path / member, ImportOptions())) == [31, 20]
    with pytest.raises(ImportRefusedError, match=r"has no c.csv in it; there is a.csv, b.csv"):
        gather(path / "c.csv", ImportOptions())


def test_people_in_a_packed_file_keep_where_they_came_from(field: Any) -> None:
    gathered = field.gather(_zip(**{"wave 1.csv": PEOPLE}), "export.zip", attributes=("sex",))
    assert gathered.datasets["wave-1"].people == 60
    assert json.loads(gathered.texts["wave-1.microdata.json"])["source"] == "wave 1.csv in export.zip"


def test_a_packed_pack(field: Any) -> None:
    pack = next(iter(field.gather(TABLE).texts.values())).encode()
    for name, content in (("p.zip", _zip(**{"own.pack.json": pack})), ("own.pack.json.gz", gzip.compress(pack))):
        assert field.human(field.gather(content, name)) == [30, 20]


def _encrypted() -> bytes:
    content = bytearray(_zip(**{"survey.csv": TABLE}))
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.zip", _zip(), "the archive holds no file"),
        ("x.zip", _zip(**{"a.pdf": b"%PDF", "b.pdf": b"%PDF"}), "holds nothing that is read, only a.pdf, b.pdf"),
        ("x.zip", _zip(**{"a.rds": b"x"}), "a.rds: .rds is not read; save it from R as CSV"),
        ("x.zip", _zip(**{"in.zip": _zip(**{"a.csv": TABLE})}), "in.zip in x.zip is packed once more; unpack x.zip"),
        ("a.csv.gz.gz", gzip.compress(gzip.compress(TABLE)), "a.csv.gz in a.csv.gz.gz is packed once more"),
        ("x.zip", _encrypted(), "'survey.csv' in the archive is encrypted"),
        ("x.zip", _zip(**{"../survey.csv": TABLE}), "plain paths that stay inside"),
        ("x.tar", _tar("w", f"{'a/' * 2000}x.csv"), "plain paths that stay inside"),
        ("x.zip", b"<!doctype html>", "it is a web page, and no archive"),
        ("x.zip", b"", "it is something else, and no archive"),
        ("x.zip", _zip(**{"survey.csv": TABLE})[:-9], "damaged or was cut short"),
        ("a.csv.gz", gzip.compress(TABLE)[:-9], "damaged or was cut short"),
        ("a.csv.bz2", bz2.compress(TABLE)[:-9], "damaged or was cut short"),
        ("a.csv.xz", lzma.compress(TABLE)[:-9], "damaged or was cut short"),
        ("a.gz", gzip.compress(TABLE), "a in a.gz has no ending that tells its kind"),
        ("a.csv.gz", gzip.compress(b""), "a.csv"),
        ("a.csv.gz", gzip.compress(bytes(1 << 20)) * 31, "made to fill a disk"),
    ],
    ids=count(),
)
def test_what_cannot_be_unpacked_is_refused_in_a_sentence(name: str, content: bytes, said: str, field: Any) -> None:
    message = field.refused(content, name)
    assert said in message
    assert "opinionscope-" not in message


@pytest.mark.parametrize(("encoding", "flagged"), [("cp437", False), ("utf-8", False), ("cp1252", False), ("", True)])
def test_names_in_a_zip_are_read_in_the_encoding_that_makes_letters_of_them(
    encoding: str, flagged: bool, field: Any
) -> None:
    content = _zip(**{"Größe.csv": TABLE})
    if not flagged:
        raw = "Größe.csv".encode(encoding)
        name = f"Gr{'x' * (len(raw) - 7)}e.csv"
        content = _zip(**{name: TABLE}).replace(name.encode(), raw)
    gathered = field.gather(content, "export.zip")
    assert gathered.decisions[0] == '"Größe.csv" in export.zip was read.'
