"""The sessions on a certificate: what each of them states, and what rules made of what was attended together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Final
from zoneinfo import ZoneInfo

from pdtracker.domain.canonical import (
    Json,
    instant_of,
    instant_text,
    items,
    members,
    nfc,
    nfc_or_none,
    text_of,
    text_or_none,
    whole_of,
)

_NAMES: Final = "title host kind delivery place starts_at ends_at zone attendance"


@dataclass(frozen=True, slots=True)
class CertifiedSession:
    """One session with the minutes that were credited for it, by category.

    Of one that counts together with others there are the minutes that were attended, and none by category.
    """

    title: str
    host: str
    kind: str
    delivery: str
    place: str | None
    starts_at: datetime
    ends_at: datetime
    zone: str
    attendance: str
    minutes: tuple[tuple[str, int], ...]
    attended_minutes: int | None = None

    @classmethod
    def held(
        cls,
        *,
        title: str,
        host: str,
        kind: str,
        delivery: str,
        place: str | None,
        starts_at: datetime,
        ends_at: datetime,
        zone: str,
        attendance: str,
        minutes: Mapping[str, int],
        attended_minutes: int | None = None,
    ) -> CertifiedSession:
        """The session with its instants (any zone) frozen to the offsets in force in `zone` at that time."""
        return cls(
            title,
            host,
            kind,
            delivery,
            place,
            _fixed(starts_at, zone),
            _fixed(ends_at, zone),
            zone,
            attendance,
            tuple(minutes.items()),
            attended_minutes,
        )

    @property
    def total_minutes(self) -> int:
        """Minutes credited, all categories together."""
        return sum(minutes for _, minutes in self.minutes)

    @property
    def stated_minutes(self) -> int:
        """The minutes that stand beside it: those attended where sessions count together, else those credited."""
        return self.total_minutes if self.attended_minutes is None else self.attended_minutes

    def minutes_in(self, category: str) -> int:
        """Minutes credited in the category of this name."""
        return sum(minutes for name, minutes in self.minutes if name == category)


@dataclass(frozen=True, slots=True)
class CertifiedChange:
    """What a rule made of the minutes attended: `Rounded down to quarter hours`, 5 minutes less."""

    words: str
    minutes: int


def session_fault(session: CertifiedSession, categories: Sequence[str]) -> str:
    """Which rule of a certificate with these categories the session breaks; empty when none."""
    if session.starts_at.utcoffset() is None or session.ends_at.utcoffset() is None:
        return "times have their offset"
    if session.starts_at > session.ends_at:
        return "a session ends after it begins"
    told = [name for name, _ in session.minutes]
    if len(set(told)) < len(told) or not set(told) <= set(categories):
        return "a session's categories are among the certificate's"
    if any(minutes < 0 for _, minutes in session.minutes) or session.stated_minutes < 0:
        return "minutes are not negative"
    return ""


def session_document(x: CertifiedSession) -> Json:
    """The session as JSON values."""
    stated: dict[str, Json] = {
        "title": nfc(x.title),
        "host": nfc(x.host),
        "kind": nfc(x.kind),
        "delivery": nfc(x.delivery),
        "place": nfc_or_none(x.place),
        "starts_at": instant_text(x.starts_at),
        "ends_at": instant_text(x.ends_at),
        "zone": x.zone,
        "attendance": nfc(x.attendance),
    }
    if x.attended_minutes is not None:
        return {**stated, "attended_minutes": x.attended_minutes}
    return {
        **stated,
        "minutes": [{"category": nfc(name), "minutes": minutes} for name, minutes in x.minutes],
    }


def change_document(x: CertifiedChange) -> Json:
    """The change as JSON values."""
    return {"words": nfc(x.words), "minutes": x.minutes}


def read_session(value: object, together: bool) -> CertifiedSession:
    """The session that the document states, one that counts `together` with others or each for itself."""
    d = members(value, f"{_NAMES} {'attended_minutes' if together else 'minutes'}")
    told = [] if together else [members(x, "category minutes") for x in items(d["minutes"])]
    return CertifiedSession(
        text_of(d["title"]),
        text_of(d["host"]),
        text_of(d["kind"]),
        text_of(d["delivery"]),
        text_or_none(d["place"]),
        instant_of(d["starts_at"]),
        instant_of(d["ends_at"]),
        text_of(d["zone"]),
        text_of(d["attendance"]),
        tuple((text_of(x["category"]), whole_of(x["minutes"])) for x in told),
        whole_of(d["attended_minutes"]) if together else None,
    )


def read_change(value: object) -> CertifiedChange:
    """The change that the document states."""
    d = members(value, "words minutes")
    return CertifiedChange(text_of(d["words"]), whole_of(d["minutes"]))


def _fixed(at: datetime, zone: str) -> datetime:
    """The same instant with the plain offset that the zone had then."""
    offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    if at.tzinfo is None or offset is None:
        raise ValueError("an instant is aware")
    return at.astimezone(timezone(offset))
