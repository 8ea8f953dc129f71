"""Who may do what: one table from role to permission, read by door, action, page and test."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType

from pdtracker.domain.refusals import NotPermitted


class Role(StrEnum):
    """What a membership makes of a person in a district. One person can hold several."""

    TEACHER = "teacher"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"
    HOST = "host"

    @property
    def label(self) -> str:
        """The role's name on pages."""
        return self.value.capitalize()


class Permission(StrEnum):
    """One use case each. Whose rows it touches is the scope's question, whether it is legal `NEXT`'s."""

    SEE_EVENTS = "see_events"
    PROPOSE_EVENT = "propose_event"
    MANAGE_EVENTS = "manage_events"
    TAKE_ATTENDANCE = "take_attendance"
    LOG_CLAIM = "log_claim"
    SEE_TRANSCRIPT = "see_transcript"
    KEEP_LICENCES = "keep_licences"
    SIGN_LICENCES = "sign_licences"
    SEE_REVIEWS = "see_reviews"
    REVIEW_CLAIMS = "review_claims"
    REVERSE_CREDIT = "reverse_credit"
    SEE_PEOPLE = "see_people"
    MANAGE_PEOPLE = "manage_people"
    SEE_ALL_TRANSCRIPTS = "see_all_transcripts"
    ISSUE_CERTIFICATES = "issue_certificates"
    REVOKE_CERTIFICATES = "revoke_certificates"
    COLLECT_CERTIFICATES = "collect_certificates"
    SEE_REPORTS = "see_reports"
    MANAGE_POLICY = "manage_policy"
    MANAGE_PROMPTS = "manage_prompts"
    MANAGE_DISTRICT = "manage_district"
    SEE_MAIL = "see_mail"
    SEE_AUDIT = "see_audit"
    KEEP_JOBS = "keep_jobs"


# Whoever adds an event hosts it, so every role can take attendance; at which events is the desk's question.
GRANTS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.TEACHER: frozenset(
            {
                Permission.SEE_EVENTS,
                Permission.PROPOSE_EVENT,
                Permission.TAKE_ATTENDANCE,
                Permission.LOG_CLAIM,
                Permission.SEE_TRANSCRIPT,
                Permission.KEEP_LICENCES,
            }
        ),
        Role.REVIEWER: frozenset(
            {
                Permission.SEE_EVENTS,
                Permission.PROPOSE_EVENT,
                Permission.TAKE_ATTENDANCE,
                Permission.SEE_REVIEWS,
                Permission.REVIEW_CLAIMS,
                Permission.REVERSE_CREDIT,
                Permission.SEE_PEOPLE,
                Permission.SEE_ALL_TRANSCRIPTS,
                Permission.ISSUE_CERTIFICATES,
                Permission.SEE_REPORTS,
            }
        ),
        # Who makes the rules and the people's roles does not decide claims by them: an administrator who is
        # to review gets the reviewer's role as well, and the audit trail shows when.
        Role.ADMINISTRATOR: frozenset(
            {
                Permission.SEE_EVENTS,
                Permission.PROPOSE_EVENT,
                Permission.TAKE_ATTENDANCE,
                Permission.MANAGE_EVENTS,
                Permission.SEE_REVIEWS,
                Permission.REVERSE_CREDIT,
                Permission.SEE_PEOPLE,
                Permission.MANAGE_PEOPLE,
                Permission.SEE_ALL_TRANSCRIPTS,
                Permission.KEEP_LICENCES,
                Permission.SIGN_LICENCES,
                Permission.ISSUE_CERTIFICATES,
                Permission.REVOKE_CERTIFICATES,
                Permission.COLLECT_CERTIFICATES,
                Permission.SEE_REPORTS,
                Permission.MANAGE_POLICY,
                Permission.MANAGE_PROMPTS,
                Permission.MANAGE_DISTRICT,
                Permission.SEE_MAIL,
                Permission.SEE_AUDIT,
                Permission.KEEP_JOBS,
            }
        ),
        Role.HOST: frozenset({Permission.SEE_EVENTS, Permission.PROPOSE_EVENT, Permission.TAKE_ATTENDANCE}),
    }
)


NEED_A_FACTOR = frozenset({Role.REVIEWER, Role.ADMINISTRATOR})
"""The roles that a district can give to those alone who sign in with a second factor."""


def may(roles: Collection[Role], permission: Permission) -> bool:
    """Whether any of the roles grants the permission. No role grants nothing."""
    return any(permission in GRANTS[role] for role in roles)


def require(roles: Collection[Role], permission: Permission) -> None:
    """Refuse with `NotPermitted`, naming who may, unless one of the roles grants the permission."""
    if may(roles, permission):
        return
    raise NotPermitted(
        f"no_grant_{permission.value}",
        f"Only {_who_may(permission)} can do this. An administrator of your district can give you the role.",
    )


def _who_may(permission: Permission) -> str:
    names = [f"{_article(role)} {role.value}" for role in Role if permission in GRANTS[role]]
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _article(role: Role) -> str:
    return "an" if role is Role.ADMINISTRATOR else "a"
