"""The forms of a bundle: its topic, one of its short sessions, and what all of them have in common."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pdtracker.actions.bundles import Attended, OwnSession
from pdtracker.domain.bundle import BundleRule
from pdtracker.domain.calendar import HOST_CHARACTERS, TITLE_CHARACTERS
from pdtracker.domain.credit import CreditPolicy
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.split import Split
from pdtracker.domain.stated import AskedWord
from pdtracker.domain.when import local, session_minutes
from pdtracker.queries.bundles import PartRow
from pdtracker.queries.claims import ClaimRow
from pdtracker.web.attendance.forms import categories_of, offers_of
from pdtracker.web.attendance.stated import fact_fields
from pdtracker.web.forms import (
    ChooseField,
    Form,
    HoursField,
    KeyField,
    LineField,
    LinkField,
    LocalTimeField,
    ParagraphsField,
    ZoneField,
    needed,
)
from pdtracker.web.split_fields import SPLIT, SplitFields

_WORDS_CHARACTERS = 600
_TOPIC_HINT = "In a few words: it heads the certificate, and licences that ask for a topic read it."


class TopicForm(Form):
    """How a bundle begins: its topic, its kind, and what the hours are about."""

    title = LineField(
        "Which topic do they have in common?",
        [needed("Enter the topic that the sessions have in common.")],
        limit=TITLE_CHARACTERS,
        description=_TOPIC_HINT,
    )
    kind = ChooseField(
        "What kind of event are they?",
        [needed("Choose what kind of event they are.")],
        description="A bundle is of one kind.",
    )
    category = ChooseField(
        "What are the hours about?",
        [needed("Choose what the hours are about.")],
        choices={"": "Choose one", **{one.value: one.label for one in CreditCategory}},
    )
    idempotency_key = KeyField()

    def offer(self, rule: BundleRule) -> TopicForm:
        """Let the kinds be chosen of which the district counts short sessions together."""
        kinds = {kind.value: kind.label for kind in rule.kinds}
        self.kind.choices = kinds if len(kinds) == 1 else {"": "Choose one", **kinds}
        return self


class PartForm(Form):
    """When one was at a short session of the calendar, and what shows it."""

    starts = LocalTimeField("From", [needed("Enter when it started.")])
    ends = LocalTimeField("Until", [needed("Enter when it ended.")])
    zone = ZoneField()
    minutes = HoursField(
        "Hours, if you were not there all the time",
        description="Such as 0:15. Leave it empty if you were there from start to end.",
    )
    longer_reason = ParagraphsField(
        "Why was it longer?",
        limit=_WORDS_CHARACTERS,
        description="Only if you were there for longer than the host announced.",
    )
    link = LinkField("Address of one of your posts", description="It begins with https://")
    note = ParagraphsField(
        "Or your word: what did you do there?",
        limit=_WORDS_CHARACTERS,
        description="One or two sentences that only somebody who was there could write. One of the two is enough.",
    )
    idempotency_key = KeyField()

    @property
    def own(self) -> OwnSession | None:
        """What the session was; `None` where the calendar says it."""
        return None

    def attended(self, zone: str) -> Attended | None:
        """What was entered; `None` while something of it has to be put right."""
        starts_at, ends_at = self.starts.at_zone(zone), self.ends.at_zone(zone)
        if starts_at is None or ends_at is None or any(field.errors for field in self):
            return None
        return Attended(
            starts_at=starts_at,
            ends_at=ends_at,
            zone=zone,
            minutes=self.minutes.data,
            longer_reason=self.longer_reason.data or "",
            link=self.link.data or "",
            note=self.note.data or "",
        )

    def take(self, refusal: NotValid) -> Form:
        """What an action says of the evidence is said at its first field."""
        told = {"link" if name == "evidence" else name: words for name, words in refusal.errors.items()}
        return super().take(NotValid(told))


class OwnPartForm(PartForm):
    """The same of a session that no calendar lists."""

    title = LineField("What was it called?", [needed("Enter what it was called.")], limit=TITLE_CHARACTERS)
    host = LineField(
        "Who hosted it?",
        [needed("Enter who hosted it.")],
        limit=HOST_CHARACTERS,
        description="An organization, a school or a person.",
    )

    @property
    def own(self) -> OwnSession | None:
        """What the session was."""
        return OwnSession(self.title.data or "", self.host.data or "")


def entered_part(part: PartRow) -> dict[str, Any]:
    """What a part has, as its form asks it."""
    whole = part.minutes == session_minutes(part.starts_at, part.ends_at)
    return {
        "title": part.title,
        "host": part.host,
        "starts": local(part.starts_at, part.zone).replace(tzinfo=None),
        "ends": local(part.ends_at, part.zone).replace(tzinfo=None),
        "zone": part.zone,
        "minutes": None if whole else part.minutes,
        "longer_reason": part.longer_reason,
        "link": part.link or "",
        "note": part.note,
    }


class GatherForm(SplitFields, Form):
    """What all sessions of a bundle have in common. The hours of categories and what licences ask are added below."""

    title = LineField(
        "Topic",
        [needed("Enter the topic that the sessions have in common.")],
        limit=TITLE_CHARACTERS,
        description=_TOPIC_HINT,
    )
    application = HoursField("Did you apply it? Hours of that")

    def take(self, refusal: NotValid) -> Form:
        """What an action says of the whole split is said at its first field."""
        told = {self.at_fault if name == "split" else name: words for name, words in refusal.errors.items()}
        return super().take(NotValid(told))


def gather_form(
    claim: ClaimRow, policy: CreditPolicy | None, split: Split, asked: Collection[AskedWord]
) -> type[GatherForm]:
    """The form that fits a bundle under the rules for its day, with what the claimant's licences ask."""
    fields: dict[str, Any] = {
        SPLIT + category.value: HoursField(category.label) for category in categories_of(claim, policy, split)
    }
    fields |= fact_fields(asked)
    _, application = offers_of(claim, policy)
    if application is None and not claim.application_minutes:
        fields["application"] = None
    elif application is not None:
        most = "as much" if application.percent == 100 else f"{application.percent}%"
        fields["application"] = HoursField(
            "Did you apply it? Hours of that",
            description=f"Such as trying it in class. Up to {most} of what you attended counts beside it.",
        )
    return type("GatherForm", (GatherForm,), fields)
