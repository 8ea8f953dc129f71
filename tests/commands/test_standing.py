"""`certificate issue|revoke|reissue`: done by a person with the grant, named in the trail, or refused in a sentence."""

from __future__ import annotations

import json
import re

import sqlalchemy as sa

from pdtracker import audit
from pdtracker.domain.refs import ref_of
from pdtracker.models.certificates import Certificate
from pdtracker.models.records import AuditEntry, OutboxMail
from pdtracker.queries.certificates import certificate
from pdtracker.queries.proving import contradictions
from tests.certifying import Numbers, certified, certified_now, revoke
from tests.commands.test_certificate import Shell, inside, outside
from tests.factories import Cast

__all__ = ["inside", "outside"]

WHY = ("--reason", "The name was put right.")


def claim_of(cast: Cast, numbers: Numbers) -> str:
    scope = cast.scope("cam")
    claim_id = scope.session.scalar(sa.select(Certificate.claim_id).where(Certificate.code == numbers.code))
    scope.session.rollback()
    assert claim_id is not None
    return ref_of(claim_id)


def last_entry(cast: Cast) -> tuple[str, str, dict[str, object]]:
    scope = cast.scope("cam")
    row = scope.session.execute(
        sa.select(AuditEntry.action, AuditEntry.by_name, AuditEntry.facts).order_by(AuditEntry.seq.desc())
    ).first()
    scope.session.rollback()
    assert row is not None
    return row.action, row.by_name, row.facts


def statuses(shell: Shell) -> dict[str, str]:
    told = json.loads(shell.run("certificate", "list", "--json")[1])
    return {row["serial"]: row["status"] for row in told}


def test_an_administrator_revokes_by_code_and_the_trail_says_from_where(cast: Cast, inside: Shell) -> None:
    numbers = certified(cast)
    told = ("certificate", "revoke", numbers.code, *WHY, "--as", cast.email_of("cam").upper())
    status, _, words = inside.run(*told)
    assert (status, "is revoked" in words) == (0, True)
    assert statuses(inside) == {numbers.serial: "revoked"}
    action, by, facts = last_entry(cast)
    assert (action, by, facts["from"]) == ("certificate.revoked", "Cam Okafor", "the command line")
    status, _, words = inside.run(*told)
    assert (status, "already revoked" in words) == (1, True)


def test_a_reissue_prints_the_successor_which_the_old_one_leads_to(cast: Cast, inside: Shell) -> None:
    numbers = certified(cast)
    status, out, _ = inside.run("certificate", "reissue", numbers.serial, *WHY, "--as", cast.email_of("bo"))
    assert status == 0
    successor = out.strip()
    assert statuses(inside) == {numbers.serial: "superseded", successor: "valid"}
    assert certificate(cast.scope("cam"), successor).snapshot.supersedes == numbers.serial
    assert last_entry(cast)[2]["from"] == "the command line"


def test_credit_whose_certificate_was_revoked_gets_a_new_one_once(cast: Cast, inside: Shell) -> None:
    numbers = certified(cast)
    issue = ("certificate", "issue", "maplewood", claim_of(cast, numbers), *WHY, "--as", cast.email_of("cam"))
    assert inside.run(*issue)[:2] == (0, f"{numbers.serial}\n")
    revoke(cast, numbers)
    status, out, _ = inside.run(*issue)
    assert status == 0
    anew = out.strip()
    assert statuses(inside) == {numbers.serial: "revoked", anew: "valid"}
    assert inside.run(*issue)[:2] == (0, out)
    scope = cast.scope("cam")
    issued = certificate(scope, anew)
    assert (issued.snapshot.supersedes, issued.snapshot.total_minutes) == (None, 60)
    assert last_entry(cast)[0] == "certificate.issued"
    assert last_entry(cast)[2]["after"] == numbers.serial
    letter = scope.session.scalars(
        sa.select(OutboxMail.body).where(OutboxMail.dedupe_key == f"issued:{issued.id}")
    ).one()
    assert "stays revoked" in letter
    assert audit.first_break(scope.session) is None
    assert list(contradictions(scope.session)) == []


def test_who_may_not_or_is_nobody_is_refused_in_a_sentence(cast: Cast, inside: Shell) -> None:
    numbers = certified(cast)
    for verb, who, words in (
        ("revoke", "bo", "Only an administrator can do this"),
        ("reissue", "ada", "Only a reviewer or an administrator can do this"),
        ("revoke", "dee", "Nobody of Maplewood"),
    ):
        status, out, complaint = inside.run(
            "certificate", verb, numbers.serial, *WHY, "--as", cast.email_of(who)
        )
        assert (status, out) == (1, "")
        assert words in complaint
    claim = claim_of(cast, numbers)
    status, _, complaint = inside.run(
        "certificate", "issue", "maplewood", claim, *WHY, "--as", cast.email_of("ada")
    )
    assert (status, "Only a reviewer" in complaint) == (1, True)
    assert statuses(inside) == {numbers.serial: "valid"}


def test_what_is_not_there_or_says_no_reason_is_refused_in_a_sentence(cast: Cast, inside: Shell) -> None:
    waiting = certified_now(cast)
    cam = ("--as", cast.email_of("cam"))
    for told, words in (
        (("revoke", "0" * 26, *WHY, *cam), "No certificate has this serial or code."),
        (("reissue", "nonsense", *WHY, *cam), "No certificate has this serial or code."),
        (("revoke", waiting.serial, *WHY, *cam), "hasn't left the house"),
        (("issue", "nowhere", "abc", *WHY, *cam), "There is no"),
        (("issue", "maplewood", ref_of(7), *WHY, *cam), "There is no such claim"),
        (("issue", "maplewood", "!", *WHY, *cam), "There is no such claim"),
        (("revoke", certified(cast).serial, "--reason", " ", *cam), "Say why."),
    ):
        status, out, complaint = inside.run("certificate", *told)
        assert (status, out) == (1, "")
        assert re.search(words, complaint)
    assert inside.run("certificate", "revoke", waiting.serial, *WHY)[0] == 64


def test_where_nothing_is_installed_nothing_is_made(outside: Shell) -> None:
    status, _, complaint = outside.run("certificate", "revoke", "0" * 26, *WHY, "--as", "cam@example.org")
    assert (status, "There is no installation here." in complaint) == (1, True)
    assert list(outside.folder.iterdir()) == []
