"""What a broken rule of the schema means to the person who broke it: one map from constraint to refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping

import sqlalchemy as sa

from pdtracker.domain.refusals import NotNow, NotPermitted, NotValid, Refusal
from pdtracker.models.base import Base

# Constraint or index -> the refusal that it stands for. What is not listed is a programmer's error and raises.
REFUSALS: Mapping[str, Refusal] = {
    "uq_claim_event": NotValid(
        {"event": "You already have a claim for this event. Open it from your claims."}
    ),
    "uq_claim_session": NotValid(
        {"event": "You already have a claim for this session. Open it from your claims."}
    ),
    "uq_claim_step_district_id_claim_id_seen_version_step": NotNow(
        "decided_meanwhile", "Somebody decided this claim a moment before you. Look at it again."
    ),
    "uq_award_district_id_step_id_category": NotNow(
        "decided_meanwhile", "Somebody decided this claim a moment before you. Look at it again."
    ),
    "uq_claim_step_district_id_undoes_step_id": NotNow(
        "undone_meanwhile", "This decision was already undone."
    ),
    "uq_certificate_status_district_id_certificate_id_news": NotNow(
        "said_meanwhile", "This was already said of the certificate. Look at it again."
    ),
    "uq_certificate_summary_of": NotNow(
        "summed_up_meanwhile", "These certificates were summed up a moment ago. Look at the page again."
    ),
    "ck_claim_step_never_ones_own": NotPermitted("own_claim", "Nobody reviews their own claim."),
    "ck_check_in_never_ones_own": NotPermitted(
        "own_check_in", "Nobody notes their own attendance. Scan the screen, or ask another host."
    ),
    "ck_claim_claimed_minutes": NotValid({"minutes": "Enter between 1 minute and 24 hours."}),
    "ck_claim_span": NotValid({"ends": "The end has to be after the start."}),
    "uq_commitment_district_id_version": NotNow(
        "published_meanwhile", "Somebody published a version a moment before you. Look at it first."
    ),
    "uq_automatic_policy_district_id_version": NotNow(
        "published_meanwhile", "Somebody published another path a moment ago. Look at it first."
    ),
    "uq_review_path_district_id_version": NotNow(
        "published_meanwhile", "Somebody published another path a moment ago. Look at it first."
    ),
    "uq_invitation_district_id_event_id_to_hash": NotValid(
        {"email": "This address was sent this event already. It is never sent twice."}
    ),
    "uq_joining_letter_district_id_email_key": NotNow(
        "invited_meanwhile", "Somebody was invited a moment before you did it. Load the page again."
    ),
    "uq_open_registration_district_id": NotNow(
        "opened_meanwhile", "Somebody opened registration a moment before you. Load the page again."
    ),
    "uq_idempotency_key_district_id_person_id_key": NotNow(
        "done_meanwhile", "This was done a moment ago. Look at how it stands now."
    ),
    "uq_person_district_id_email_key": NotValid(
        {"email": "Somebody in this district already has this address."}
    ),
    "uq_person_employee_number": NotValid(
        {"employee_number": "Somebody in this district already has this number."}
    ),
    "uq_account_email_key": NotValid({"email": "This address already signs in."}),
    "uq_district_slug": NotValid({"slug": "This short name is taken. Choose another one."}),
    "uq_organization_name_district_id": NotNow(
        "host_meanwhile", "Somebody added this host a moment before you. Send it once more."
    ),
    "uq_school_district_id_name": NotValid({"name": "A school of this name is already there."}),
    "uq_credit_policy_district_id_name_edition": NotValid(
        {"edition": "An edition of this name is there already. Give this one another."}
    ),
    "uq_regime_layer_district_id_regime_edition": NotNow(
        "published_meanwhile", "Somebody published an edition a moment before you. Look at it first."
    ),
    "uq_adopted_regime_district_id_regime": NotNow(
        "adopted_meanwhile", "Somebody adopted it a moment before you. Load the page again."
    ),
    "uq_provider_approval_organization": NotNow(
        "approved_meanwhile", "Somebody noted this approval a moment before you. Load the page again."
    ),
}


def refusal_of(error: sa.exc.IntegrityError) -> Exception:
    """The refusal that a broken rule stands for, or the error itself when no person can have caused it."""
    return REFUSALS.get(violated_rule(error), error)


def violated_rule(error: sa.exc.IntegrityError) -> str:
    """Which rule of the schema an IntegrityError names: `uq_table_columns`, or a CHECK's or key's own name.

    SQLite tells a UNIQUE by its columns only, so they are turned into the name that the schema gives them;
    PostgreSQL tells the name. Empty when the driver says neither (a foreign key on SQLite).
    """
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name or "")
    message = str(error.orig)
    if unique := re.search(r"UNIQUE constraint failed: (?:index '([^']+)'|(.+))", message):
        if unique.group(1):
            return unique.group(1)
        return _unique_name(unique.group(2))
    if check := re.search(r"CHECK constraint failed: (\w+)", message):
        return check.group(1)
    return ""


def _unique_name(listed: str) -> str:
    """From "claim.district_id, claim.person_id" to the name of the constraint or index over them."""
    pairs = [part.strip().split(".") for part in listed.split(",")]
    table = Base.metadata.tables[pairs[0][0]]
    columns = [column for _, column in pairs]
    for index in table.indexes:
        if index.unique and [column.name for column in index.columns] == columns:
            return str(index.name)
    for rule in table.constraints:
        if isinstance(rule, sa.UniqueConstraint) and [column.name for column in rule.columns] == columns:
            return str(rule.name)
    return f"uq_{table.name}_{'_'.join(columns)}"
