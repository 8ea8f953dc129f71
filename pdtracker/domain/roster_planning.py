"""Comparing a roster with the people and schools that a district has, line by line: `plan_roster`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pdtracker.domain.access import Role
from pdtracker.domain.matching import number_key
from pdtracker.domain.roster import (
    Listed,
    ListedSchool,
    Roster,
    RosterAction,
    RosterFormat,
    RosterMode,
    RosterRefused,
)
from pdtracker.domain.roster_plan import (
    Change,
    KnownPerson,
    KnownSchool,
    PlannedPerson,
    PlannedSchool,
    RosterPlan,
)

_NAMED_KEYS: Final = 5


def plan_roster(roster: Roster, people: Sequence[KnownPerson], schools: Sequence[KnownSchool]) -> RosterPlan:
    """Compare a roster with the people and schools that a district has."""
    planned_schools = _schools(roster.schools, schools)
    refused = list(roster.refused)
    planning = _Planning(roster, people, schools, planned_schools, refused)
    planned = [*planning.listed(), *planning.missing()]
    return RosterPlan(
        roster=roster,
        schools=planned_schools,
        people=tuple(planned),
        refused=tuple(sorted(refused, key=lambda told: (told.file, told.line))),
        warnings=(*roster.warnings, *planning.warnings()),
        present=sum(bool(one.key) and not one.has_left for one in people),
    )


def _schools(listed: Iterable[ListedSchool], known: Sequence[KnownSchool]) -> tuple[PlannedSchool, ...]:
    by_key = {one.key: one for one in known if one.key}
    by_name = {_folded(one.name): one for one in known}
    taken: set[str] = set()
    planned = []
    for school in listed:
        there = by_key.get(school.key)
        namesake = by_name.get(_folded(school.name))
        if there is None and namesake is not None and not namesake.key:
            there = namesake
        name = school.name
        # Two schools of a district with one name are told apart by their keys.
        if _folded(name) in taken or (namesake is not None and (there is None or namesake.id != there.id)):
            name = f"{name} ({school.key})"
        taken.add(_folded(name))
        planned.append(
            PlannedSchool(school.key, name, _school_action(there, name), there.id if there else None)
        )
    return tuple(planned)


def _school_action(there: KnownSchool | None, name: str) -> RosterAction:
    if there is None:
        return RosterAction.CREATE
    return RosterAction.UNCHANGED if there.name == name else RosterAction.UPDATE


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


class _Planning:
    """One comparison: what is known by key, e-mail and number, and whom the roster has claimed so far."""

    def __init__(
        self,
        roster: Roster,
        people: Sequence[KnownPerson],
        known_schools: Sequence[KnownSchool],
        schools: Sequence[PlannedSchool],
        refused: list[RosterRefused],
    ) -> None:
        self._roster = roster
        self._refused = refused
        self._people = people
        self._by_key = {one.key: one for one in people if one.key}
        self._by_email = {one.email.casefold(): one for one in people}
        self._by_number = {number_key(one.number): one for one in people if one.number}
        self._by_digits = _by_digits(people) if roster.format is RosterFormat.HR else {}
        self._school_ids: Mapping[str, int | None] = {
            **{one.key: one.id for one in known_schools if one.key},
            **{one.key: one.id for one in schools},
        }
        self._listed_keys = {one.key for one in roster.people} | {one.key for one in refused if one.key}
        self._claimed: set[int] = set()
        self._emails: dict[str, str] = {}
        self._numbers: dict[str, str] = {}
        self._strange_schools: set[str] = set()
        self._administrators = self._kept_addresses = self._kept_numbers = 0
        self._is_me_missing = False

    def listed(self) -> list[PlannedPerson]:
        """What becomes of those whom the roster lists."""
        planned = []
        for one in self._roster.people:
            known = self._known(one)
            why = self._why_refused(one, known)
            if why:
                self._refused.append(RosterRefused(one.file, one.line, why, one.key))
                continue
            planned.append(self._changed(one, known) if known else self._new(one))
        return planned

    def missing(self) -> list[PlannedPerson]:
        """Those of this source whom a roster of everybody doesn't list: they leave."""
        if self._roster.mode is RosterMode.DELTA:
            return []
        gone = []
        for one in self._people:
            if not one.key or one.has_left or one.key in self._listed_keys or one.id in self._claimed:
                continue
            if one.is_me:
                self._is_me_missing = True
                continue
            gone.append(_as_they_are(one, RosterAction.DEACTIVATE, "They are missing from the file."))
        return gone

    def warnings(self) -> list[str]:
        """What somebody should know before they say yes, in sentences."""
        told = []
        if self._roster.unread:
            told.append(
                f"{_of(self._roster.unread, 'student or guardian was', 'students and guardians were')} "
                "left out unread."
            )
        if self._strange_schools:
            keys = ", ".join(sorted(self._strange_schools)[:_NAMED_KEYS])
            more = "" if len(self._strange_schools) <= _NAMED_KEYS else " and others"
            told.append(
                f"{_of(len(self._strange_schools), 'school is', 'schools are')} named for people and not listed: "
                f"{keys}{more}. The people are kept, without that school."
            )
        if self._administrators:
            told.append(
                f"{_of(self._administrators, 'person has', 'people have')} a role there that reaches farther than a "
                "teacher\N{RIGHT SINGLE QUOTATION MARK}s. An import gives nobody more than the teacher"
                "\N{RIGHT SINGLE QUOTATION MARK}s role: give theirs on their pages."
            )
        if self._kept_addresses:
            told.append(
                f"{_of(self._kept_addresses, 'person keeps', 'people keep')} the address that they have: the new "
                "one is somebody else\N{RIGHT SINGLE QUOTATION MARK}s here."
            )
        if self._kept_numbers:
            told.append(
                f"{_of(self._kept_numbers, 'number is', 'numbers are')} left out: somebody else here has it."
            )
        if self._is_me_missing:
            told.append(
                "You are missing from the file yourself. You stay: another administrator has to let you go."
            )
        return told

    def _known(self, one: Listed) -> KnownPerson | None:
        if (known := self._by_key.get(one.key) or self._by_digits.get(one.key.lstrip("0"))) is not None:
            return known
        candidates = (self._by_email.get(one.email.casefold()), self._by_number.get(number_key(one.number)))
        return next((known for known in candidates if known is not None and self._is_free(known)), None)

    def _is_free(self, known: KnownPerson) -> bool:
        """Whether somebody may be whom the roster means: known without a key, or by one that it replaced."""
        if known.id in self._claimed:
            return False
        is_replaced = self._roster.mode is RosterMode.BULK and known.key not in self._listed_keys
        return not known.key or is_replaced

    def _why_refused(self, one: Listed, known: KnownPerson | None) -> str:
        if known is not None:
            if known.id in self._claimed:
                return "Another line is about the same person already."
            self._claimed.add(known.id)
        if one.email and (first := self._emails.setdefault(one.email.casefold(), one.key)) != one.key:
            return f"The address is that of {first} in this file already."
        if known is not None:
            return ""
        if one.role is None:
            return "No role says whether this is somebody of the staff."
        if one.leaves:
            return ""
        if not one.name:
            return "This changes somebody whom nobody here knows. Bring the full roster first."
        if not one.email:
            return "There is no e-mail address, and without one nobody can be told anything or sign in."
        if (other := self._by_email.get(one.email.casefold())) is not None:
            return f"The address belongs to {other.key or other.name} in this district already."
        return ""

    def _new(self, one: Listed) -> PlannedPerson:
        if one.leaves:
            return _planned(one, RosterAction.UNCHANGED, why=f"{one.leaves} They were never here.")
        number = self._number(one, None)
        self._note(one)
        return _planned(one, RosterAction.CREATE, number=number, schools=self._schools_of(one, None))

    def _changed(self, one: Listed, known: KnownPerson) -> PlannedPerson:
        if one.leaves:
            if known.has_left or known.is_me:
                self._is_me_missing = self._is_me_missing or known.is_me
                return _as_they_are(known, RosterAction.UNCHANGED, one.leaves, one)
            return _as_they_are(known, RosterAction.DEACTIVATE, one.leaves, one)
        self._note(one)
        schools = self._schools_of(one, known)
        wanted = PlannedPerson(
            # A list that went through Excel lost the zeros in front; the key that is known keeps them.
            key=known.key if known.key.lstrip("0") == one.key.lstrip("0") else one.key,
            file=one.file,
            line=one.line,
            name=one.name or known.name,
            email=self._email(one, known),
            number=self._number(one, known),
            title=one.title or known.title,
            role=one.role or known.role,
            schools=schools,
            action=RosterAction.UNCHANGED,
            person_id=known.id,
        )
        changes = self._changes(wanted, known)
        if not changes:
            return wanted
        return _with(wanted, RosterAction.UPDATE, changes)

    def _changes(self, wanted: PlannedPerson, known: KnownPerson) -> tuple[Change, ...]:
        differs = {
            Change.NAME: wanted.name != known.name,
            Change.EMAIL: wanted.email.casefold() != known.email.casefold(),
            Change.NUMBER: number_key(wanted.number) != number_key(known.number),
            Change.TITLE: wanted.title != known.title,
            Change.SCHOOL: self._moves(wanted, known),
            Change.BACK: known.has_left,
        }
        return tuple(change for change, is_so in differs.items() if is_so)

    def _moves(self, wanted: PlannedPerson, known: KnownPerson) -> bool:
        """Whether they work at other schools than before, or the district has them at none of the roster's."""
        if known.key and set(wanted.schools) != set(known.school_keys):
            return True
        listed = [key for key in wanted.schools if key in self._school_ids]
        if not listed:
            return False
        return known.school_id is None or known.school_id not in {self._school_ids[key] for key in listed}

    def _email(self, one: Listed, known: KnownPerson) -> str:
        holder = self._by_email.get(one.email.casefold())
        if not one.email or one.email.casefold() == known.email.casefold():
            return known.email
        if holder is not None:
            self._kept_addresses += 1
            return known.email
        return one.email

    def _number(self, one: Listed, known: KnownPerson | None) -> str:
        kept = known.number if known else ""
        key = number_key(one.number)
        if not key or key == number_key(kept):
            return kept
        holder = self._by_number.get(key)
        is_taken = holder is not None and (known is None or holder.id != known.id)
        if is_taken or self._numbers.setdefault(key, one.key) != one.key:
            self._kept_numbers += 1
            return kept
        return one.number

    def _schools_of(self, one: Listed, known: KnownPerson | None) -> tuple[str, ...]:
        before = known.school_keys if known else ()
        if one.schools is None:
            told = before
        elif one.adds_schools:
            told = (*one.schools, *(key for key in before if key not in one.schools))
        else:
            told = one.schools
        keys = tuple(key for key in told if key not in one.gone_schools and key not in self._roster.elsewhere)
        self._strange_schools |= {key for key in keys if key not in self._school_ids}
        return keys

    def _note(self, one: Listed) -> None:
        self._administrators += one.role in (Role.ADMINISTRATOR, Role.REVIEWER)


def _planned(
    one: Listed,
    action: RosterAction,
    *,
    number: str = "",
    schools: tuple[str, ...] | None = None,
    why: str = "",
) -> PlannedPerson:
    return PlannedPerson(
        key=one.key,
        file=one.file,
        line=one.line,
        name=one.name,
        email=one.email,
        number=number,
        title=one.title,
        role=one.role,
        schools=schools if schools is not None else one.schools or (),
        action=action,
        person_id=None,
        why=why,
    )


def _as_they_are(
    known: KnownPerson, action: RosterAction, why: str, one: Listed | None = None
) -> PlannedPerson:
    return PlannedPerson(
        key=one.key if one else known.key,
        file=one.file if one else "",
        line=one.line if one else 0,
        name=known.name,
        email=known.email,
        number=known.number,
        title=known.title,
        role=known.role,
        schools=known.school_keys,
        action=action,
        person_id=known.id,
        why=why,
    )


def _with(planned: PlannedPerson, action: RosterAction, changes: tuple[Change, ...]) -> PlannedPerson:
    return replace(planned, action=action, changes=changes, why="")


def _by_digits(people: Iterable[KnownPerson]) -> dict[str, KnownPerson]:
    """People by the digits of their key without zeros in front, where those tell them apart: `1042` for `001042`."""
    found: dict[str, KnownPerson | None] = {}
    for one in people:
        if (key := one.key or one.number).isdigit():
            digits = key.lstrip("0")
            found[digits] = None if digits in found else one
    return {digits: one for digits, one in found.items() if one is not None}


def _of(count: int, one: str, several: str) -> str:
    return f"{count:,} {one if count == 1 else several}"
