"""The form of a credit policy: what an administrator types, as an edition; and an edition, as the form shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from pdtracker.domain.bundle import MOST_DAYS, BundleRule
from pdtracker.domain.equivalence import (
    MOST_APPLICATION_PERCENT,
    MOST_SUMMARY_WORDS,
    ApplicationRule,
    RecordingRule,
)
from pdtracker.domain.follow_up import (
    MOST_PERCENT,
    MOST_QUESTIONS,
    QUESTION_CHARACTERS,
    FollowUpRule,
    rule_for,
)
from pdtracker.domain.hours import MAX_DAY_MINUTES, NBSP, hours_text
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.licence import FollowUpKind
from pdtracker.domain.policy import CreditPolicy, KindCap
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.summary import SummaryKind
from pdtracker.web.forms import (
    ChooseField,
    ChooseSomeField,
    DayField,
    LineField,
    ParagraphsField,
    needed,
)
from pdtracker.web.rules.fields import CapField, WholeField, YearHoursField
from pdtracker.web.rules.publishing import LookedAtForm

_NAME_CHARACTERS: Final = 80
_EDITION_CHARACTERS: Final = 20
_MOST_UNIT = 600
_FIVE_YEARS = 5 * 366
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_STEPS: Final = {"1": "Every minute"} | {
    str(step): words
    for step, words in (
        (2, "2 minutes"),
        (3, "3 minutes"),
        (4, "4 minutes"),
        (5, "5 minutes"),
        (6, "6 minutes, a tenth of an hour"),
        (10, "10 minutes"),
        (12, "12 minutes"),
        (15, "Quarter hours"),
        (20, "20 minutes"),
        (30, "Half hours"),
        (60, "Whole hours"),
    )
}
_LIVE: Final = {kind.value: kind.plural for kind in EventKind if kind.is_live}
_OPEN: Final = {kind.value: kind.plural for kind in EventKind if not kind.is_live}
_FIELD_OF: Final = {
    "caps": "cap_all",
    "year_starts": "year_day",
    "follow_ups": "application_after",
    "application": "application_percent",
    "recordings": "recording_words",
    "bundles": "bundle_threshold",
}
"""Where a sentence of the policy stands that isn't about one field of the form."""


class PolicyForm(LookedAtForm):
    """An edition of the credit policy. Caps are added below, one for each kind."""

    name = LineField("Name of the rules", [needed("Give the policy a name.")], limit=_NAME_CHARACTERS)
    edition = LineField(
        "Edition",
        [needed("Give the edition a name or number.")],
        limit=_EDITION_CHARACTERS,
        description="Such as 2026-1. Awards and certificates name it.",
    )
    effective_from = DayField(
        "In force from",
        [needed("Enter the first day.")],
        description="For activities on that day and later. Nothing that was credited changes.",
    )
    step_minutes = ChooseField("Time counts in steps of", choices=_STEPS)
    minimum_session_minutes = WholeField(
        "Shortest session that counts, in minutes",
        [needed("Enter minutes, 0 for none.")],
        least=0,
        most=MAX_DAY_MINUTES,
    )
    required_minutes = YearHoursField(
        "Hours that a school year asks for", [needed("Enter the hours, 0 for none.")]
    )
    year_month = ChooseField(
        "The school year begins in", choices={str(place): name for place, name in enumerate(_MONTHS, 1)}
    )
    year_day = WholeField("On day", [needed("Enter the day of the month.")], least=1, most=31)
    unit_minutes = WholeField(
        "Minutes of a certificate’s unit",
        [needed("Enter the minutes.")],
        least=1,
        most=_MOST_UNIT,
        description="60 for hours.",
    )
    categories = ChooseSomeField(
        "Credit is given in", choices={category.value: category.label for category in CreditCategory}
    )
    summaries = ChooseSomeField(
        "One certificate for",
        choices={kind.value: kind.label for kind in SummaryKind},
        description="Beside that of each activity. It lists them, and follows them when more come in.",
    )
    cap_all = CapField("All kinds together")
    application_kinds = ChooseSomeField(
        "Applying it in class counts too, for",
        choices=_LIVE,
        description="With a written reflection. Choose none if only attending counts.",
    )
    application_percent = WholeField(
        "At most, in percent of what was attended",
        least=1,
        most=MOST_APPLICATION_PERCENT,
        description="100: an hour of chat can bring two.",
    )
    recording_kinds = ChooseSomeField(
        "A recording counts, for",
        choices=_LIVE,
        description="With a written summary. Choose none if live sessions count live only.",
    )
    recording_words = WholeField("With a summary of at least so many words", least=1, most=MOST_SUMMARY_WORDS)
    logged_kinds = ChooseSomeField(
        "A log of days is asked for, of", choices=_OPEN, description="Then what the log shows counts."
    )
    bundle_kinds = ChooseSomeField(
        "Short sessions on one topic count together, of",
        choices=_LIVE,
        description="Each bundle is of one kind. Choose none if each session counts for itself.",
    )
    bundle_threshold = WholeField("From so many minutes in all", least=1, most=MAX_DAY_MINUTES)
    bundle_least = WholeField("Each with at least so many minutes", least=1, most=MAX_DAY_MINUTES)
    bundle_days = WholeField("Within so many days, from the first to the last", least=1, most=MOST_DAYS)
    application_after = WholeField("From, in days after the activity", least=1, most=_FIVE_YEARS)
    application_within = WholeField("Until, in days after it", least=1, most=_FIVE_YEARS)
    application_share = WholeField("Brings, in percent of its minutes", least=0, most=MOST_PERCENT)
    application_questions = ParagraphsField("Questions, one on each line")
    impact_after = WholeField("From, in days after the activity", least=1, most=_FIVE_YEARS)
    impact_within = WholeField("Until, in days after it", least=1, most=_FIVE_YEARS)
    impact_share = WholeField("Brings, in percent of its minutes", least=0, most=MOST_PERCENT)
    impact_questions = ParagraphsField("Questions, one on each line")
    tried_from = DayField("From")
    tried_until = DayField("To")

    def policy(self) -> CreditPolicy | None:
        """The edition that was typed; `None` with a sentence at each field that stands in the way."""
        is_valid = self.validate()
        follow_ups = [self._follow_up(kind) for kind in FollowUpKind]
        if not is_valid or any(field.errors for field in self):
            return None
        try:
            return CreditPolicy(
                name=self.name.data or "",
                edition=self.edition.data or "",
                effective_from=self.effective_from.data or date.min,
                unit_minutes=self.unit_minutes.data or 0,
                step_minutes=int(self.step_minutes.data),
                minimum_session_minutes=self.minimum_session_minutes.data or 0,
                caps=tuple(self._caps()),
                year_starts=(int(self.year_month.data), self.year_day.data or 0),
                required_minutes=self.required_minutes.data or 0,
                categories=tuple(CreditCategory(value) for value in self.categories.data or ()),
                follow_ups=tuple(rule for rule in follow_ups if rule is not None),
                application=self._application(),
                recordings=self._recordings(),
                logged_kinds=tuple(EventKind(value) for value in self.logged_kinds.data or ()),
                bundles=self._bundles(),
                summaries=tuple(SummaryKind(value) for value in self.summaries.data or ()),
            )
        except NotValid as refusal:
            self.take(NotValid({_FIELD_OF.get(name, name): told for name, told in refusal.errors.items()}))
            return None

    def caps(self) -> list[CapField]:
        """The fields of the caps, that of all kinds first."""
        return [self[_cap_name(kind)] for kind in (None, *EventKind)]

    def _caps(self) -> Iterator[KindCap]:
        for kind in (*EventKind, None):
            field = self[_cap_name(kind)]
            if field.percent is not None:
                yield KindCap(kind, percent=field.percent)
            elif field.minutes is not None:
                yield KindCap(kind, field.minutes)

    def _application(self) -> ApplicationRule | None:
        kinds = tuple(EventKind(value) for value in self.application_kinds.data or ())
        if not kinds:
            return None
        return ApplicationRule(kinds=kinds, percent=self.application_percent.data or 0)

    def _recordings(self) -> RecordingRule | None:
        kinds = tuple(EventKind(value) for value in self.recording_kinds.data or ())
        if not kinds:
            return None
        return RecordingRule(kinds=kinds, summary_words=self.recording_words.data or 0)

    def _bundles(self) -> BundleRule | None:
        kinds = tuple(EventKind(value) for value in self.bundle_kinds.data or ())
        if not kinds:
            return None
        return BundleRule(
            kinds=kinds,
            least_minutes=self.bundle_least.data or 0,
            threshold_minutes=self.bundle_threshold.data or 0,
            most_days=self.bundle_days.data or 0,
        )

    def _follow_up(self, kind: FollowUpKind) -> FollowUpRule | None:
        """The rule of one kind; none when nothing was typed for it, a sentence where something is missing."""
        after, within, share = (self[f"{kind.value}_{name}"] for name in ("after", "within", "share"))
        asked = self[f"{kind.value}_questions"]
        questions = tuple(line.strip() for line in (asked.data or "").splitlines() if line.strip())
        if not any(field.raw_data and str(field.raw_data[0]).strip() for field in (after, within, share)):
            return None
        for field in (after, within, share):
            if field.data is None and not field.errors:
                field.errors = ["Enter a number, or leave all three empty."]
        if within.data is not None and after.data is not None and within.data < after.data:
            within.errors = [*within.errors, "Enter the same number of days or more."]
        if len(questions) > MOST_QUESTIONS or any(len(one) > QUESTION_CHARACTERS for one in questions):
            asked.errors = [f"Ask at most {MOST_QUESTIONS} questions of {QUESTION_CHARACTERS} characters."]
        if after.data is None or within.data is None or share.data is None:
            return None
        return FollowUpRule(
            kind=kind,
            after_days=after.data,
            within_days=max(within.data, after.data),
            percent=share.data,
            questions=questions,
        )


def _cap_name(kind: EventKind | None) -> str:
    return f"cap_{kind.value}" if kind else "cap_all"


for _kind in EventKind:
    # A field for each kind that there is: WTForms finds the fields of a form among the names of its class.
    setattr(PolicyForm, _cap_name(_kind), CapField(_kind.plural))


def filled(policy: CreditPolicy, edition: str, effective_from: date) -> PolicyForm:
    """The form as it begins: the rules of an edition, under another name, from another day."""
    return PolicyForm(
        formdata=None,
        name=policy.name,
        edition=edition,
        effective_from=effective_from,
        step_minutes=str(policy.step_minutes),
        minimum_session_minutes=policy.minimum_session_minutes,
        required_minutes=policy.required_minutes,
        year_month=str(policy.year_starts[0]),
        year_day=policy.year_starts[1],
        unit_minutes=policy.unit_minutes,
        categories=[category.value for category in policy.categories],
        application_kinds=[kind.value for kind in policy.application.kinds] if policy.application else [],
        application_percent=policy.application.percent if policy.application else 100,
        recording_kinds=[kind.value for kind in policy.recordings.kinds] if policy.recordings else [],
        recording_words=policy.recordings.summary_words if policy.recordings else 50,
        logged_kinds=[kind.value for kind in policy.logged_kinds],
        summaries=[kind.value for kind in policy.summaries],
        **_bundle_data(policy.bundles),
        **_cap_data(policy),
        **_follow_up_data(policy),
    )


def _bundle_data(rule: BundleRule | None) -> Mapping[str, Any]:
    shown = rule or BundleRule(kinds=())
    return {
        "bundle_kinds": [kind.value for kind in shown.kinds],
        "bundle_threshold": shown.threshold_minutes,
        "bundle_least": shown.least_minutes,
        "bundle_days": shown.most_days,
    }


def _cap_data(policy: CreditPolicy) -> Mapping[str, Any]:
    return {
        _cap_name(cap.kind): hours_text(cap.minutes_per_year).replace(",", "")
        if cap.percent is None
        else f"{cap.percent}{NBSP}%"
        for cap in policy.caps
    }


def _follow_up_data(policy: CreditPolicy) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for kind in FollowUpKind:
        rule = rule_for(policy.follow_ups, kind)
        if rule is not None:
            found |= {
                f"{kind.value}_after": rule.after_days,
                f"{kind.value}_within": rule.within_days,
                f"{kind.value}_share": rule.percent,
                f"{kind.value}_questions": "\n".join(rule.questions),
            }
    return found
