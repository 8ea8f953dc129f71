"""`certificate verify|list|render` and `keys list`: answers and exit statuses, whatever the file is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from pdtracker.cli import main
from pdtracker.exchange.open_badges.reading import Form
from pdtracker.queries.badges import badge_of
from pdtracker.queries.certificates import certificate, every_public_key
from pdtracker.queries.kept_keys import keys_document
from tests.certifying import Numbers, certified, certified_now, pdf, reissue, revoke, with_page_changed
from tests.factories import NOW, SECRET, Cast, House


@dataclass
class Shell:
    """A terminal in an installation, or in an empty folder."""

    folder: Path
    environment: Mapping[str, str]
    monkeypatch: pytest.MonkeyPatch
    captured: pytest.CaptureFixture[bytes]

    def run(self, *told: str) -> tuple[int, str, str]:
        """Exit status, output and complaints of a command, run within this process."""
        with self.monkeypatch.context() as patched:
            for name in ("DATABASE_URL", "SECRET_KEY", "PDTRACKER_INSTANCE"):
                patched.delenv(name, raising=False)
            for name, value in self.environment.items():
                patched.setenv(name, value)
            patched.chdir(self.folder)
            self.captured.readouterr()
            try:
                status = main(told)
            except SystemExit as ended:
                status = int(ended.code or 0)
        out, complaints = self.captured.readouterr()
        return status, out.decode(errors="replace"), complaints.decode()

    def spawn(self, *told: str) -> subprocess.CompletedProcess[bytes]:
        """The same through the real command line; a traceback is never an answer."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        done = subprocess.run(
            [sys.executable, "-m", "pdtracker", *told],
            cwd=self.folder,
            env={**kept, "PYTHONPATH": str(Path(__file__).parents[2]), **self.environment},
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert b"Traceback" not in done.stderr, done.stderr.decode()
        return done


@pytest.fixture
def inside(
    cast: Cast,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> Shell:
    """An installation's terminal."""
    folder = tmp_path / "inside"
    folder.mkdir()
    environment = {"DATABASE_URL": database_url, "SECRET_KEY": SECRET, "PDTRACKER_INSTANCE": str(folder)}
    return Shell(folder, environment, monkeypatch, capfdbinary)


@pytest.fixture
def outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Shell:
    """A terminal where nothing is installed."""
    folder = tmp_path / "outside"
    folder.mkdir()
    return Shell(folder, {}, monkeypatch, capfdbinary)


def certificates_of_each_kind(cast: Cast) -> dict[str, tuple[Numbers, bytes]]:
    found = {
        name: certified(cast, NOW.replace(day=day), title=f"Session {name}")
        for day, name in enumerate(("genuine", "revoked", "superseded"), 1)
    }
    files = {name: (numbers, pdf(cast, numbers)) for name, numbers in found.items()}
    revoke(cast, found["revoked"])
    reissue(cast, found["superseded"])
    return files


def test_verify_answers_by_exit_status_and_json(cast: Cast, inside: Shell) -> None:
    files = certificates_of_each_kind(cast)
    for name, expected in (("genuine", 0), ("revoked", 2), ("superseded", 2)):
        (inside.folder / f"{name}.pdf").write_bytes(files[name][1])
        status, out, _ = inside.run("certificate", "verify", f"{name}.pdf", "--json")
        told = json.loads(out)
        assert (status, told["verdict"], told["file"]) == (expected, name, "identical")
        assert told["facts"]["serial"] == files[name][0].serial
        assert told["status_as_of"] is not None
    (inside.folder / "altered.pdf").write_bytes(with_page_changed(files["genuine"][1]))
    status, out, _ = inside.run("certificate", "verify", "altered.pdf", "--json")
    assert (status, json.loads(out)["verdict"]) == (1, "altered")
    assert json.loads(out)["facts"] is None
    assert json.loads(out)["original"]["facts"]["title"] == "Session genuine"
    status, out, _ = inside.run("certificate", "verify", "altered.pdf")
    first, _, rest = out.partition("\n")
    assert (status, first.startswith("Altered."), "valid" in first) == (1, True, False)
    assert "Status of that certificate: valid." in rest
    status, out, _ = inside.run("certificate", "verify", "superseded.pdf")
    assert status == 2
    assert re.search(r"In its place: (\w{4} ){3}\w{4}\n", out)
    spawned = inside.spawn("certificate", "verify", "revoked.pdf")
    assert spawned.returncode == 2
    assert spawned.stdout.startswith(b"Revoked.")
    assert b"The same hour was credited twice." in spawned.stdout
    assert b"Ada Lindqvist" in spawned.stdout


def test_list_and_render_give_back_what_was_issued(cast: Cast, inside: Shell) -> None:
    files = certificates_of_each_kind(cast)
    certified_now(cast)
    told = json.loads(inside.run("certificate", "list", "--json")[1])
    assert sorted(row["status"] for row in told) == ["revoked", "superseded", "valid", "valid"]
    assert {row["holder"] for row in told} == {"Ada Lindqvist"}
    assert inside.run("certificate", "list", "riverton", "--json")[1] == "[]\n"
    lines = inside.run("certificate", "list", "maplewood")[1].splitlines()
    assert [line.split()[0] for line in lines] == [row["serial"] for row in told]
    numbers, data = files["revoked"]
    for number in (numbers.serial, numbers.code.lower()):
        assert inside.run("certificate", "render", number, "-o", "out.pdf")[0] == 0
        assert (inside.folder / "out.pdf").read_bytes() == data
    assert inside.spawn("certificate", "render", numbers.serial, "-o", "-").stdout == data


def test_what_is_not_there_or_not_released_is_refused_in_a_sentence(cast: Cast, inside: Shell) -> None:
    unreleased = certified_now(cast)
    for told, words in (
        (("render", "0" * 26, "-o", "x.pdf"), "No certificate has this serial or code."),
        (("render", "nonsense", "-o", "x.pdf"), "No certificate has this serial or code."),
        (("render", unreleased.serial, "-o", "x.pdf"), "hasn’t left the house"),
        (("list", "nowhere"), "There is no district nowhere here."),
    ):
        status, out, complaint = inside.run("certificate", *told)
        assert (status, out) == (1, "")
        assert words in complaint
    assert not (inside.folder / "x.pdf").exists()
    numbers = certified(cast)
    status, _, complaint = inside.run("certificate", "render", numbers.serial, "-o", "no/such/folder.pdf")
    assert (status, "can’t be written" in complaint) == (1, True)


def test_the_kept_keys_prove_a_certificate_where_nothing_is_installed(
    cast: Cast, inside: Shell, outside: Shell
) -> None:
    numbers = certified(cast)
    (outside.folder / "mine.pdf").write_bytes(pdf(cast, numbers))
    (outside.folder / "keys.json").write_text(inside.run("keys", "list", "--json")[1], encoding="utf-8")
    spawned = outside.spawn("certificate", "verify", "mine.pdf", "--keys", "keys.json", "--json")
    told = json.loads(spawned.stdout)
    assert (spawned.returncode, told["verdict"], told["status_as_of"]) == (0, "genuine", None)
    assert told["status"]["standing"] == "untold"
    status, out, _ = outside.run("certificate", "verify", "mine.pdf")
    assert (status, "--keys FILE" in out) == (1, True)
    # Checking makes nothing: no folder, no key of an installation.
    assert sorted(file.name for file in outside.folder.iterdir()) == ["keys.json", "mine.pdf"]
    assert told["facts"]["key"] in inside.run("keys", "list")[1]


def test_a_kept_status_list_tells_whether_it_stands_where_nothing_is_installed(
    house: House, inside: Shell, outside: Shell
) -> None:
    files = certificates_of_each_kind(house)
    (outside.folder / "keys.json").write_text(inside.run("keys", "list", "--json")[1], encoding="utf-8")
    lists = [
        house.visitor().get(f"/.well-known/pdtracker-status/maplewood/{name}.json").get_json(force=True)
        for name in ("revocation", "refresh")
    ]
    told = json.dumps({"schema": "pdtracker.status/1", "lists": lists})
    (outside.folder / "status.json").write_text(told, encoding="utf-8")
    for name, expected in (("genuine", 0), ("revoked", 2), ("superseded", 2)):
        (outside.folder / "mine.pdf").write_bytes(files[name][1])
        check = ("certificate", "verify", "mine.pdf", "--keys", "keys.json", "--json", "--status")
        status, out, complaint = outside.run(*check, "status.json")
        assert (status, complaint) == (expected, "")
        assert json.loads(out)["verdict"] == name
        assert json.loads(out)["status_as_of"] == lists[0]["validFrom"]
    # Both lists show the same place; one without the other tells that it isn't in force, and no more.
    (outside.folder / "one.json").write_text(json.dumps(lists[0]), encoding="utf-8")
    assert json.loads(outside.run(*check, "one.json")[1])["verdict"] == "revoked"
    lists[0]["credentialSubject"]["encodedList"] = lists[1]["credentialSubject"]["encodedList"]
    (outside.folder / "one.json").write_text(json.dumps(lists[0]), encoding="utf-8")
    status, out, complaint = outside.run(*check, "one.json")
    assert (status, out) == (1, "")
    assert "no status list, or its signature doesn't fit" in complaint
    status, _, complaint = outside.run("certificate", "verify", "mine.pdf", "--status", "status.json")
    assert (status, "--keys FILE" in complaint) == (1, True)


@pytest.mark.parametrize("form", Form)
def test_a_badge_is_verified_like_a_pdf_here_and_where_nothing_is_installed(
    cast: Cast, inside: Shell, outside: Shell, form: Form
) -> None:
    numbers = certified(cast)
    scope = cast.scope("cam")
    data = badge_of(scope.session, certificate(scope, numbers.serial), (SECRET,)).file(form)
    keys = keys_document(every_public_key(cast.database), "https://pd.example.org")
    for shell in (inside, outside):
        (shell.folder / "badge").write_bytes(data)
        (shell.folder / "keys.json").write_text(json.dumps(keys))
    for shell, more in ((inside, ()), (outside, ("--keys", "keys.json"))):
        status, out, _ = shell.run("certificate", "verify", "badge", "--json", *more)
        told = json.loads(out)
        assert (status, told["verdict"], told["file"]) == (0, "genuine", "identical")
        assert told["facts"]["name"] == "Reading circle"
        status, out, _ = shell.run("certificate", "verify", "badge", *more)
        assert status == 0
        assert "Ada Lindqvist" in out
    assert outside.run("certificate", "verify", "badge", "--json")[0] == 1
    revoke(cast, numbers)
    status, out, _ = inside.run("certificate", "verify", "badge", "--json")
    assert (status, json.loads(out)["verdict"]) == (2, "revoked")


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("ob3_issued_by_python_eddsa.json", "unknown_key"),
        ("ob3_vcjwt_rs256.jwt", "unknown_key"),
        ("ob3_baked.png", "unknown_key"),
        ("ob3_tampered.json", "altered"),
        ("ob3_undefined_term.json", "altered"),
        ("README.md", "not_a_certificate"),
    ],
)
def test_badges_of_others_get_their_verdict(outside: Shell, name: str, verdict: str) -> None:
    file = Path(__file__).parents[1] / "exchange" / "open_badges" / "vectors" / name
    status, out, _ = outside.run("certificate", "verify", str(file), "--json")
    assert (status, json.loads(out)["verdict"]) == (1, verdict)


def test_a_shutdown_kit_is_exported_and_its_files_tell_the_command_what_it_needs(
    cast: Cast, inside: Shell, outside: Shell
) -> None:
    files = certificates_of_each_kind(cast)
    inside.run("keys", "rotate", "maplewood")
    kit = inside.folder / "kit"
    status, _, words = inside.run("export", "archive", str(kit))
    assert (status, "maplewood: 4 certificates." in words) == (0, True)
    for name, expected in (("genuine", 0), ("revoked", 2), ("superseded", 2)):
        (outside.folder / "mine.pdf").write_bytes(files[name][1])
        told = (
            "verify",
            "mine.pdf",
            "--json",
            "--keys",
            f"{kit}/keys.json",
            "--status",
            f"{kit}/status.json",
        )
        status, out, _ = outside.run("certificate", *told)
        assert (status, json.loads(out)["verdict"]) == (expected, name)
    manifest = json.loads((kit / "manifest.json").read_bytes())["files"]
    held = {str(file.relative_to(kit)) for file in kit.rglob("*") if file.is_file()}
    assert held == {*manifest, "manifest.json"}
    assert {"README.txt", "verify.py", "verify.html", "keys.json", "status.json"} < held
    status, _, complaint = inside.run("export", "archive", str(kit))
    assert (status, "already there" in complaint) == (1, True)
    status, _, complaint = outside.run("export", "archive", "kit")
    assert (status, "There is no installation here." in complaint) == (1, True)


def test_a_key_is_rotated_by_command_and_the_old_one_goes_on_proving(
    cast: Cast, inside: Shell, outside: Shell
) -> None:
    numbers = certified(cast)
    (outside.folder / "mine.pdf").write_bytes(pdf(cast, numbers))
    status, out, words = inside.run("keys", "rotate", "maplewood")
    assert (status, "from now on" in out + words) == (0, True)
    keys = json.loads(inside.run("keys", "list", "--json")[1])["keys"]
    old, new = (key for key in keys if key["district"] == "maplewood")
    assert (new["predecessor"], old["valid_until"]) == (old["kid"], new["valid_from"])
    (outside.folder / "keys.json").write_text(json.dumps({"keys": keys}), encoding="utf-8")
    assert outside.run("certificate", "verify", "mine.pdf", "--keys", "keys.json")[0] == 0
    status, _, complaint = inside.run("keys", "rotate", "nowhere")
    assert (status, "There is no district nowhere here." in complaint) == (1, True)


def test_no_file_is_too_strange_for_an_answer(outside: Shell) -> None:
    (outside.folder / "empty.pdf").write_bytes(b"")
    (outside.folder / "page.pdf").write_bytes(b"<html>")
    (outside.folder / "half.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<<")
    (outside.folder / "folder.pdf").mkdir()
    for file in ("empty.pdf", "page.pdf", "half.pdf", "folder.pdf", "missing.pdf"):
        status, out, _ = outside.run("certificate", "verify", file, "--json")
        assert (status, json.loads(out)["verdict"]) == (1, "not_a_certificate")
    status, _, complaint = outside.run("certificate", "verify", "empty.pdf", "--keys", "page.pdf")
    assert (status, "not a list of keys" in complaint) == (1, True)
    assert outside.run("certificate", "verify")[0] == 64
    status, _, complaint = outside.run("certificate", "list")
    assert (status, "There is no installation here." in complaint) == (1, True)


def test_a_database_that_can_t_be_read_is_told_in_a_sentence(outside: Shell) -> None:
    (outside.folder / "instance").mkdir()
    (outside.folder / "instance" / "pdtracker.db").write_bytes(b"this is no database" * 100)
    (outside.folder / "a.pdf").write_bytes(b"%PDF-1.7")
    for told in (("certificate", "verify", "a.pdf"), ("certificate", "list")):
        status, _, complaint = outside.run(*told)
        assert (status, "can’t be read" in complaint) == (1, True)
