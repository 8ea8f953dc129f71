"""What the demo's people log and decide, as steps to be played through the real actions in order of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from pdtracker.demo.calendar import DemoEvent, packaged
from pdtracker.demo.current import ZONE, weekday_from
from pdtracker.demo.deeds import (
    AddLink,
    AddWord,
    Answer,
    Approve,
    Begin,
    Deed,
    DemoClaim,
    DemoStep,
    Deny,
    Endorse,
    OwnSession,
    Plan,
    Reissue,
    Rename,
    Return,
    Reverse,
    Revoke,
    SetTime,
    Submit,
    Withdraw,
)
from pdtracker.demo.dice import Dice
from pdtracker.demo.people import DemoDistrict, DemoPerson, districts
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.log import LogDay
from pdtracker.domain.split import split_of
from pdtracker.domain.when import instant, local

REVIEWER = "bo@maplewood.example"
"""Who decides where nothing else is said."""

_ADMINISTRATOR = "cam@maplewood.example"
_QUESTIONS = ("took", "will", "changed")
_SATURDAY = 5


def demo_claims(
    now: datetime, events: Sequence[DemoEvent], people: Sequence[DemoPerson], seed: int
) -> tuple[DemoClaim, ...]:
    """Claims in every state, all of them before `now` (UTC), on events of the current programme.

    `events` are those of `current_programme` for the day that `now` is in the programme's zone. The seed moves
    minutes within the hour and numbers the links; texts, people and decisions are written.
    """
    by_key = {event.key: event for event in events}
    by_email = {person.email: person for person in people}
    zones = {district.slug: district for district in districts()}
    dice = Dice(seed, "claims")
    return tuple(
        _History(row, now, by_key, zones[by_email[row["who"]].district], dice).claim()
        for row in packaged("claims.toml")["claims"]
    )


def in_order_of_time(claims: Iterable[DemoClaim]) -> tuple[tuple[DemoClaim, DemoStep], ...]:
    """Every step of every claim, oldest first; steps of one moment keep the order of their claim."""
    told = [(claim, step) for claim in claims for step in claim.steps]
    return tuple(sorted(told, key=lambda pair: pair[1].at))


class _History:
    """The telling of one claim: what is attended, then deeds at wished moments, then the moments put in order."""

    def __init__(
        self,
        row: dict[str, Any],
        now: datetime,
        events: Mapping[str, DemoEvent],
        district: DemoDistrict,
        dice: Dice,
    ) -> None:
        self._row = row
        self._now = now
        self._today = local(now, ZONE).date()
        self._event = events[row["event"]] if "event" in row else None
        self._own = None if self._event else _own_session(row["own"], self._today)
        self._zone = district.zone
        self._district = district.slug
        self._dice = dice
        self._plan = Plan(row["plan"])
        self._steps: list[DemoStep] = []

    def claim(self) -> DemoClaim:
        attended = self._attended()
        self._write(attended)
        if self._plan is not Plan.DRAFT:
            self._decide(self._send(attended))
        what = self._row.get("event", "own")
        return DemoClaim(
            key=f"{self._row['who'].partition('@')[0]}-{what}",
            district=self._district,
            person=self._row["who"],
            plan=self._plan,
            steps=tuple(_put_in_order(self._steps, self._now)),
        )

    def _attended(self) -> SetTime:
        session = self._event or self._own
        if session is None:
            raise ValueError("a claim is about an event or about a session of one's own")
        longer = self._row.get("longer", "")
        if "days" in self._row:
            first, last = (self._today + timedelta(days=day) for day in self._row["days"])
            starts_at = instant(datetime.combine(first, time(19)), ZONE)
            ends_at = instant(datetime.combine(last, time(20)), ZONE)
            log = tuple(
                LogDay(self._today + timedelta(days=day), minutes)
                for day, minutes in self._row.get("log", ())
            )
            return SetTime(starts_at, ends_at, self._row["minutes"], longer, log=log)
        ends_at = session.ends_at or session.starts_at
        minutes = self._row.get("minutes", (ends_at - session.starts_at) // timedelta(minutes=1))
        starts_at = session.starts_at + timedelta(days=self._row.get("watched", 0))
        return SetTime(
            starts_at,
            starts_at + timedelta(minutes=minutes),
            minutes,
            longer,
            split=split_of({CreditCategory(name): part for name, part in self._row.get("split", {}).items()}),
            application_minutes=self._row.get("application"),
            is_recording="watched" in self._row,
        )

    def _write(self, attended: SetTime) -> None:
        """The draft, as far as it got: time and evidence first, then one answer after the other."""
        at = attended.ends_at + timedelta(minutes=5 + self._dice.below(10))
        if self._row.get("sent"):
            at = self._evening(local(at, self._zone).date(), self._row["sent"])
        self._do(self._row["who"], at, Begin(self._row.get("event"), self._own))
        if self._plan is Plan.DRAFT and "took" not in self._row and "minutes" not in self._row:
            return
        self._do(self._row["who"], at + timedelta(minutes=1), attended)
        if (evidence := self._evidence()) is not None:
            self._do(self._row["who"], at + timedelta(minutes=3), evidence)
        for position, question in enumerate(_QUESTIONS, start=1):
            if text := self._row.get(question):
                self._do(self._row["who"], at + timedelta(minutes=3 + 6 * position), Answer(position, text))

    def _evidence(self) -> AddLink | AddWord | None:
        number = 100_000 + self._dice.below(900_000)
        name = self._row["who"].partition("@")[0]
        if "post" in self._row:
            return AddLink(f"https://social.example/@{name}/{number}", self._row["post"])
        if "notes" in self._row:
            return AddLink(f"https://notes.example/{name}/{number}", self._row["notes"])
        return AddWord(self._row["word"]) if "word" in self._row else None

    def _send(self, attended: SetTime) -> datetime:
        at = max(attended.ends_at, self._steps[-1].at) + timedelta(minutes=2 + self._dice.below(6))
        self._do(self._row["who"], at, Submit())
        return at

    def _decide(self, sent_at: datetime) -> None:
        row, by = self._row, self._row.get("by", REVIEWER)
        match self._plan:
            case Plan.DRAFT:
                return
            case Plan.WAITING:
                if "endorsed" in row:
                    self._do(by, self._office_hour(sent_at), Endorse(row["endorsed"]))
            case Plan.WITHDRAWN:
                self._do(row["who"], sent_at + timedelta(hours=9 + self._dice.below(3)), Withdraw())
            case Plan.JUST_CREDITED:
                self._do(by, self._now - timedelta(minutes=row["minutes_ago"]), Approve(None, ""))
            case Plan.RETURNED:
                self._do(by, self._office_hour(sent_at), Return(row["fields"], row["comment"]))
            case Plan.RESUBMITTED:
                decided_at = self._office_hour(sent_at)
                self._do(by, decided_at, Return(row["fields"], row["comment"]))
                again_at = self._evening(local(decided_at, self._zone).date(), row["again"])
                self._do(row["who"], again_at - timedelta(minutes=4), self._direct_link())
                self._do(row["who"], again_at, Submit())
            case Plan.DENIED:
                self._do(by, self._office_hour(sent_at), Deny(row["reason"]))
            case Plan.CREDITED | Plan.REVERSED | Plan.REVOKED | Plan.REISSUED:
                self._approve(by, self._office_hour(sent_at))

    def _approve(self, by: str, decided_at: datetime) -> None:
        row = self._row
        granted = row.get("granted")
        self._do(by, decided_at, Approve(granted, row["reason"] if granted else ""))
        later_at = decided_at + timedelta(days=row.get("later", 0), minutes=self._dice.below(50))
        match self._plan:
            case Plan.REVERSED:
                self._do(by, later_at, Reverse(row["reason"]))
            case Plan.REVOKED:
                self._do(_ADMINISTRATOR, later_at, Revoke(row["reason"]))
            case Plan.REISSUED:
                self._do(_ADMINISTRATOR, later_at, Rename(row["new_name"]))
                self._do(_ADMINISTRATOR, later_at + timedelta(minutes=4), Reissue(row["reason"]))
            case _:
                return

    def _direct_link(self) -> AddLink:
        name = self._row["who"].partition("@")[0]
        return AddLink(
            f"https://social.example/@{name}/{100_000 + self._dice.below(900_000)}", self._row["post"]
        )

    def _evening(self, on: date, days: int) -> datetime:
        at = time(18 + self._dice.below(3), self._dice.below(60))
        return instant(datetime.combine(on + timedelta(days=days), at), self._zone)

    def _office_hour(self, sent_at: datetime) -> datetime:
        """A moment of a school day, so many days after the claim was sent; what falls on a weekend, on Monday."""
        on = local(sent_at, self._zone).date() + timedelta(days=self._row["decided"])
        if on.weekday() >= _SATURDAY:
            on += timedelta(days=7 - on.weekday())
        at = time(7 + self._dice.below(10), self._dice.below(60))
        return max(instant(datetime.combine(on, at), self._zone), sent_at + timedelta(minutes=30))

    def _do(self, by: str, at: datetime, deed: Deed) -> None:
        self._steps.append(DemoStep(by, at, deed))


def _own_session(row: dict[str, Any], today: date) -> OwnSession:
    kind = EventKind(row["kind"])
    starts_at = instant(
        datetime.combine(weekday_from(today, row["weekday"], row["week"]), row["start"]), ZONE
    )
    return OwnSession(
        title=row["title"],
        host=row["host"],
        kind=kind,
        category=kind.default_category,
        zone=ZONE,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=row["minutes"]),
    )


def _put_in_order(steps: Sequence[DemoStep], now: datetime) -> Iterator[DemoStep]:
    """The steps with moments that were still to come moved before `now`, each at least a minute before the next."""
    latest = now - timedelta(minutes=1)
    moved: list[DemoStep] = []
    for step in reversed(steps):
        at = min(step.at, latest)
        moved.append(DemoStep(step.by, at, step.deed))
        latest = at - timedelta(minutes=1)
    return reversed(moved)
