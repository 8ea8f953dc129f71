"""The audit trail in words: what each entry says that somebody did, and the areas by which entries are looked for."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from pdtracker.domain.check_ins import Mark
from pdtracker.domain.look import Record


class Area(StrEnum):
    """What an entry belongs to; one chooses it in the audit trail."""

    CLAIMS = "claims"
    DECISIONS = "decisions"
    ATTENDANCE = "attendance"
    EVENTS = "events"
    TALK = "talk"
    LICENCES = "licences"
    RULES = "rules"
    CERTIFICATES = "certificates"
    PEOPLE = "people"
    LOOKS = "looks"
    DISTRICT = "district"
    JOBS = "jobs"
    MAIL = "mail"

    @property
    def label(self) -> str:
        """Its name in a list to choose from."""
        return _AREA_LABELS[self]


_AREA_LABELS: Final[Mapping[Area, str]] = MappingProxyType(
    {
        Area.CLAIMS: "Claims, evidence and reflections",
        Area.DECISIONS: "Decisions",
        Area.ATTENDANCE: "Attendance and check-in",
        Area.EVENTS: "Events and registrations",
        Area.TALK: "Discussions and archives",
        Area.LICENCES: "Licences",
        Area.RULES: "Rules and providers",
        Area.CERTIFICATES: "Certificates and keys",
        Area.PEOPLE: "People, roles and passwords",
        Area.LOOKS: "Looks at somebody’s record",
        Area.DISTRICT: "District, programmes and calendars",
        Area.JOBS: "Long work",
        Area.MAIL: "Mail",
    }
)

_WORDS: Final[Mapping[Area, Mapping[str, str]]] = MappingProxyType(
    {
        Area.CLAIMS: {
            "claim.begun": "began a claim",
            "claim.draft_removed": "removed a draft",
            "claim.session_changed": "changed the session of a claim",
            "claim.time_changed": "changed the time of a claim",
            "claim.facts_stated": "stated facts for a claim",
            "claim.submitted": "sent a claim",
            "claim.withdrawn": "took a claim back",
            "bundle.changed": "changed a bundle",
            "part.added": "added a part to a bundle",
            "part.changed": "changed a part of a bundle",
            "part.removed": "removed a part of a bundle",
            "evidence.added": "added evidence",
            "evidence.recorded": "recorded evidence",
            "evidence.removed": "removed evidence",
            "reflection.saved": "saved a reflection",
            "follow_up.asked": "asked for a follow-up",
        },
        Area.DECISIONS: {
            "claim.approved": "approved a claim",
            "claim.endorsed": "approved a claim and passed it on",
            "claim.returned": "returned a claim",
            "claim.denied": "denied a claim",
            "claim.reversed": "reversed credit",
            "claim.handed_over": "handed the review of a claim over",
            "claim.person_asked": "asked for a person in place of the automatic approval",
            "claim.left_out": "left a claim out of a decision on many",
            "decision.undone": "undid a decision",
            "decision.not_undone": "couldn’t undo a decision any more",
            "decision.released": "let a decision out before its time",
        },
        Area.ATTENDANCE: {
            "attendance.brought": "uploaded an attendance report",
            "attendance.columns_saved": "saved the columns of a report",
            "attendance.committed": "recorded an attendance report",
            "attendance.decided": "decided who is meant in a report",
            "attendance.discarded": "discarded a report",
            "attendance.forgotten": "forgot a name of reports",
            "attendance.purged": "removed old reports",
            "attendance.read_again": "read a report again",
            "attendance.remembered": "remembered a name of reports",
            "attendance.replaced": "replaced a report",
            "attendance.undone": "undid the record of a report",
            **{
                f"check_in.{mark.value}": words
                for mark, words in (
                    (Mark.IN, "checked in"),
                    (Mark.OUT, "checked out"),
                    (Mark.MOVED, "corrected the time of a check-in"),
                    (Mark.STRUCK, "struck a check-in"),
                )
            },
            "check_in.looked_at": "made drafts for people who had checked out",
            "check_in.repeated": "sent the same check-in again",
            "check_in.set_up": "set up a check-in desk",
            "check_in.window_changed": "changed when check-in is open",
        },
        Area.EVENTS: {
            "event.accepted": "published an event",
            "event.cancelled": "cancelled an event",
            "event.changed": "changed an event",
            "event.colleague_invited": "invited a colleague",
            "event.going": "said that they are going",
            "event.going_reminder": "changed a reminder",
            "event.hosts_named": "named the hosts of an event",
            "event.letters_written": "had letters about an event written",
            "event.merged": "merged an event with another",
            "event.not_going": "said that they are not going",
            "event.place_given": "gave a place to somebody who waited",
            "event.proposed": "proposed an event",
            "event.refused": "refused an event",
            "event.registered": "registered for an event",
            "event.registration_given_up": "gave up a place",
            "event.registration_set": "set up registration",
            "event.reinstated": "brought an event back",
            "event.repeated": "made a series of an event",
            "event.returned": "returned an event with what to change",
            "event.sent_again": "sent an event again",
        },
        Area.TALK: {
            "archive.accepted": "accepted an archive link",
            "archive.given": "gave an archive link",
            "archive.refused": "refused an archive link",
            "archive.removed": "removed an archive link",
            "discussion.all_closed": "closed all discussions",
            "discussion.all_opened": "opened discussions",
            "discussion.changed": "changed a contribution",
            "discussion.contributed": "contributed to a discussion",
            "discussion.hidden": "hid a contribution",
            "discussion.kept": "kept a reported contribution",
            "discussion.reported": "reported a contribution",
            "discussion.withdrawn": "withdrew a contribution",
        },
        Area.LICENCES: {
            "licence.added": "added a licence",
            "licence.adjusted": "signed an adjustment",
            "licence.attestation_taken_back": "took an attestation back",
            "licence.attested": "signed an attestation",
            "licence.changed": "changed a licence",
            "licence.closed": "closed a licence",
            "licence.renewed": "renewed a licence",
            "licence.reopened": "reopened a licence",
            "licences.counted": "had licences counted",
        },
        Area.RULES: {
            "layer.published": "published rules on top of a licensing body’s",
            "policy.published": "published rules for credit",
            "review_path.published": "published who reviews claims",
            "automatic_policy.published": "published which claims are approved automatically",
            "automatic_policy.ended": "ended automatic approval",
            "automatic.looked": "looked at claims by the policy for automatic approval",
            "sample_seed.sealed": "sealed the seed that draws claims for a person",
            "sample_seed.opened": "opened the seed that drew claims for a person",
            "stand_in.named": "named who stands in as a reviewer",
            "stand_in.ended": "ended that somebody stands in as a reviewer",
            "provider.approval_ended": "ended a provider’s approval",
            "provider.approved": "approved a provider",
            "regime.adopted": "adopted a licensing body’s rules",
            "regime.adopted_again": "adopted a licensing body’s rules again",
            "regime.given_up": "gave up a licensing body’s rules",
            "regime.number_changed": "changed a sponsor number",
        },
        Area.CERTIFICATES: {
            "certificate_design.chosen": "chose how certificates look",
            "certificate.collected": "had certificates put into one file",
            "certificate.issued": "issued a new certificate in place of a revoked one",
            "certificate.reissued": "issued a certificate again",
            "certificate.revoked": "revoked a certificate",
            "certificate.summed_up": "issued one certificate of several activities",
            "signing_key.made": "made a signing key",
            "signing_key.rotated": "began a new signing key",
        },
        Area.PEOPLE: {
            "joining_letter.asked": "asked to be let in",
            "joining_letter.sent_again": "asked for another letter",
            "joining_letter.withdrawn": "withdrew a letter that lets somebody in",
            "joining_link.ended": "ended a link that lets people in",
            "joining_link.made": "made a link that lets people in",
            "person.added": "added a person",
            "person.changed": "changed a person’s details",
            "person.code_given": "gave a person a code",
            "person.invitation_withdrawn": "withdrew a person’s invitation",
            "person.invited": "invited a person",
            "person.invited_again": "invited a person again",
            "person.joined": "joined the district",
            "person.left": "noted that a person left",
            "person.passkey_added": "made a passkey",
            "person.passkey_removed": "removed a passkey",
            "person.password_changed": "changed their password",
            "person.password_chosen": "chose a password",
            "person.registered": "came in by themselves",
            "person.returned": "noted that a person came back",
            "person.recovery_code_used": "signed in with a recovery code",
            "person.recovery_codes_made": "made new recovery codes",
            "person.roles_changed": "changed a person’s roles",
            "person.second_factor_added": "set up a second factor",
            "person.second_factor_removed": "removed their second factor",
            "person.second_factor_reset": "removed a person’s second factor",
            "registration.closed": "closed registration",
            "registration.opened": "opened registration",
            "roster.brought": "uploaded a roster",
            "roster.columns_saved": "saved the columns of a roster",
            "roster.discarded": "discarded a roster",
            "roster.imported": "imported a roster",
            "roster.purged": "removed a roster that nobody decided on",
            "roster.undone": "undid the import of a roster",
        },
        Area.LOOKS: {one.action: f"looked at somebody’s {one.value}" for one in Record}
        | {
            "share.ended": "ended an address that showed their certificates",
            "share.made": "made an address that shows their certificates",
            "share.opened": "opened somebody’s shared certificates",
        },
        Area.DISTRICT: {
            "calendar.address_made": "made an address for their own calendar",
            "calendar.address_renewed": "renewed the address of their own calendar",
            "calendar.address_revoked": "revoked the address of their own calendar",
            "calendar.imported": "imported a calendar",
            "calendar.nothing_new": "imported a calendar without anything new",
            "calendar.undone": "undid the import of a calendar",
            "audit_pack.fetched": "fetched an audit pack",
            "audit_pack.made": "made an audit pack",
            "checkpoint.officers_named": "named who keeps checkpoints of the audit trail",
            "checkpoint.written": "signed a checkpoint of the audit trail",
            "commitment.published": "published the district’s commitment",
            "commitment.taken_back": "took the district’s commitment back",
            "demo.loaded": "loaded the demo",
            "district.described": "changed what the district says of itself",
            "district.made": "made the district",
            "district.purged": "removed what is no longer kept",
            "set_up.ended": "ended setting up",
            "set_up.kept": "kept the defaults of a step of setting up",
            "school.added": "added a school",
            "school.renamed": "renamed a school",
            "district.second_factor_freed": "asked nobody for a second factor any more",
            "district.second_factor_insisted": "asked reviewers and administrators for a second factor",
            "programme.counted": "counted a programme",
            "programme.counts_chosen": "chose what a programme shows of the district",
            "programme.joined": "joined a programme",
            "programme.left": "left a programme",
            "programme.participant_listed": "listed a participant",
            "programme.participant_proposed": "proposed a participant",
            "programme.participant_refused": "refused a participant",
        },
        Area.JOBS: {
            "job.asked": "asked for long work",
            "job.cancel_asked": "stopped long work",
            "job.file_purged": "removed a file that long work had made",
            "job.purged": "removed the record of long work",
            "job.retried": "had long work tried again",
        },
        Area.MAIL: {
            "mail.delayed": "put a letter off",
            "letter_template.changed": "put letters of a kind into the district’s words",
            "letter_template.reset": "put letters of a kind back into pdtracker’s words",
            "mail.again": "had a letter sent again",
            "mail.called_back": "held a letter back whose invitation was withdrawn",
            "mail.failed": "gave a letter up",
            "mail.hurried": "had a letter tried at once",
            "mail.bounce_lifted": "let letters go to an address again",
            "mail.bounce_noted": "noted that letters to somebody came back",
            "mail.bounced": "had a letter come back",
            "mail.chosen": "chose how they have their letters",
            "mail.digests_written": "had digests written",
            "mail.sent": "sent a letter",
            "mail.sorted": "sorted letters before they left",
            "mail.stopped": "stopped letters of a kind by their link",
            "mail.taken": "took a letter to be sent",
            "mail.tested": "sent a letter to try the mail",
            "notice.all_read": "marked their notices as read",
            "notice.read": "marked a notice as read",
            "reminders.changed": "chose of what people are reminded",
            "reminders.written": "had reminders written",
        },
    }
)

ACTIONS: Final[Mapping[str, Area]] = MappingProxyType(
    {action: area for area, words in _WORDS.items() for action in words}
)
"""Everything that the trail tells of, and where it belongs."""

_LONGEST_FACT: Final = 200


def actions_of(area: Area) -> tuple[str, ...]:
    """The names under which the trail keeps what belongs to an area."""
    return tuple(_WORDS[area])


def did(action: str) -> str:
    """What an entry says that its person did: "approved a claim". An action of a later program keeps its name."""
    area = ACTIONS.get(action)
    return action.replace(".", ": ").replace("_", " ") if area is None else _WORDS[area][action]


def fact_words(facts: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The facts of an entry as terms and words, in the order of their names; nothing that is empty."""
    return tuple(
        (name.replace("_", " "), words) for name, value in sorted(facts.items()) if (words := _words(value))
    )


def _words(value: object) -> str:
    if value is None or value == "" or value in ([], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        told = "; ".join(f"{name} {words}" for name, words in fact_words(value))
    elif isinstance(value, list | tuple):
        told = ", ".join(words for each in value if (words := _words(each)))
    else:
        told = str(value)
    return told if len(told) <= _LONGEST_FACT else f"{told[:_LONGEST_FACT]}…"
