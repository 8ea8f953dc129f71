"""Whose line of an attendance report it is: matched by what is known of a person for certain, else only suggested.

An employee number of the district, a verified e-mail address that nobody else in the file goes by (as the line's
e-mail or as the name of its account), or what somebody decided before (an alias of an address, a number or a name),
decides. Where these disagree nobody is guessed: they suggest, as names always do, and a person says whose line it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from pdtracker.domain.attendance import Flag

MOST_SUGGESTED = 5
"""More people of the same name than these are found by searching."""

_ASIDE = re.compile(r"\([^()]{0,120}\)|\[[^\[\]]{0,120}\]")
_SHORTEST_NICKNAME = 3
_MOST_OF_A_WORD = 100


class Standing(StrEnum):
    """How far it is known whose line it is."""

    MATCHED = "matched"
    UNSURE = "unsure"
    UNKNOWN = "unknown"
    NOBODY = "nobody"

    @property
    def label(self) -> str:
        """Its word on pages."""
        return _LABELS[self]


_LABELS = {
    Standing.MATCHED: "Matched",
    Standing.UNSURE: "Needs a decision",
    Standing.UNKNOWN: "Not of this district",
    Standing.NOBODY: "Nobody",
}


class MatchBy(StrEnum):
    """What matched a line to its person."""

    EMAIL = "email"
    NUMBER = "number"
    ALIAS = "alias"
    DECISION = "decision"

    @property
    def label(self) -> str:
        """Its words beside the person."""
        return {
            MatchBy.EMAIL: "by e-mail",
            MatchBy.NUMBER: "by employee number",
            MatchBy.ALIAS: "remembered",
            MatchBy.DECISION: "decided here",
        }[self]


class AliasKind(StrEnum):
    """What of a line somebody decided about and had remembered."""

    EMAIL = "email"
    NUMBER = "number"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Alias:
    """A decision that is remembered: `key` is a person's, or nobody's (`None`)."""

    kind: AliasKind
    key: str
    person_id: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """What a line says of who it is."""

    name: str
    email: str
    number: str
    flags: frozenset[Flag]
    has_minutes: bool = True
    shares_number: bool = False
    account: str = ""
    """The name of an account beside the e-mail: an address too, and another one."""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the district."""

    id: int
    name: str
    email: str
    has_left: bool = False
    number: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Whose line it is, as far as the machine can say; `suggested` are people to choose from.

    `disagrees` tells that number, e-mail, name or what is remembered speak of different people.
    """

    standing: Standing
    person_id: int | None = None
    by: MatchBy | None = None
    suggested: tuple[int, ...] = ()
    disagrees: bool = False


_NEVER = frozenset({Flag.BOT})
"""Nobody's, whatever they are called."""

_DOUBTS = frozenset({Flag.SHARED_EMAIL, Flag.SEVERAL_NAMES, Flag.UNVERIFIED})
"""An address beside one of these is not safe to match by."""

_WHOSE = frozenset({Flag.DEVICE, Flag.PHONE})
"""Somebody's, and the line doesn't say whose."""


class Directory:
    """The people of a district and its remembered decisions, for matching many lines."""

    def __init__(self, people: Collection[Known], aliases: Iterable[Alias]) -> None:
        self._by_email = {person.email.casefold(): person for person in people if person.email}
        self._by_number = {number_key(person.number): person for person in people if person.number}
        self._aliases = {(alias.kind, alias.key): alias for alias in aliases}
        self._here = {person.id for person in people if not person.has_left}
        self._by_name: dict[str, list[int]] = defaultdict(list)
        self._by_word: dict[str, list[tuple[int, frozenset[str], str]]] = defaultdict(list)
        for person in people:
            words = name_words(person.name)
            if words and not person.has_left:
                self._by_name[_key(words)].append(person.id)
                for word in set(words):
                    self._by_word[word].append((person.id, frozenset(words), words[0]))

    def match(self, told: Told) -> Match:
        """Whose line it is."""
        if told.flags & _NEVER or not told.has_minutes:
            return Match(Standing.NOBODY)
        numbered, alias = self._numbered(told), self._alias(told)
        addressed = self._addressed(told)
        if numbered is not None:
            return self._by_its_number(told, numbered, addressed, alias)
        if alias is not None:
            if alias.person_id is None:
                return Match(Standing.NOBODY, by=MatchBy.ALIAS)
            if alias.person_id in self._here:
                return Match(Standing.MATCHED, alias.person_id, MatchBy.ALIAS)
        if len(addressed) == 1 and not told.flags & _DOUBTS and not addressed[0].has_left:
            return Match(Standing.MATCHED, addressed[0].id, MatchBy.EMAIL)
        suggested = self._suggested(told)
        if addressed:
            first = (found.id for found in addressed if not found.has_left)
            return Match(Standing.UNSURE, suggested=_few(*first, *suggested), disagrees=len(addressed) > 1)
        if suggested or told.flags & _WHOSE:
            return Match(Standing.UNSURE, suggested=suggested)
        return Match(Standing.UNKNOWN)

    def _addressed(self, told: Told) -> tuple[Known, ...]:
        """Who has the line's e-mail or account as their address: nobody, one person, or two who disagree."""
        addresses = (told.email.casefold(), told.account.casefold())
        found = {known.id: known for address in addresses if (known := self._by_email.get(address))}
        return tuple(found.values())

    def _numbered(self, told: Told) -> Known | None:
        """Who has the line's number. A decision about just this number goes before it."""
        person = self._by_number.get(number_key(told.number)) if told.number else None
        decided = self._aliases.get((AliasKind.NUMBER, told.number.casefold()))
        return None if decided is not None else person

    def _by_its_number(
        self, told: Told, numbered: Known, addressed: Collection[Known], alias: Alias | None
    ) -> Match:
        """Theirs whose number it is, unless anything else on the line is somebody else's."""
        named = self._named_so(told)
        others = [found.id for found in addressed]
        if alias is not None:
            others.append(alias.person_id or 0)
        elif named and numbered.id not in named:
            # One letter of a number mistyped is another person's: then the name is still right.
            others.extend(named)
        disagrees = any(other != numbered.id for other in others)
        if disagrees or numbered.has_left or told.shares_number or Flag.SEVERAL_NAMES in told.flags:
            suggested = _few(numbered.id, *others, *self._suggested(told))
            here = tuple(one for one in suggested if one in self._here)
            return Match(Standing.UNSURE, suggested=here, disagrees=disagrees or told.shares_number)
        return Match(Standing.MATCHED, numbered.id, MatchBy.NUMBER)

    def _named_so(self, told: Told) -> tuple[int, ...]:
        """People of exactly this name, in any order of its parts."""
        if told.flags & _WHOSE:
            return ()
        ways = [words for part in _parts(told.name) if len(words := name_words(part)) > 1]
        return tuple(person_id for words in ways for person_id in self._by_name.get(_key(words), ()))

    def _alias(self, told: Told) -> Alias | None:
        return next((self._aliases[key] for key in alias_keys(told) if key in self._aliases), None)

    def _suggested(self, told: Told) -> tuple[int, ...]:
        """People of the same name, in any order of its parts; then those whose name it adds to, or shortens."""
        if told.flags & _WHOSE:
            return ()
        ways = [words for part in _parts(told.name) if len(words := name_words(part)) > 1]
        exact = (
            person_id for words in ways for person_id in self._by_name.get(_key(words), ())[:MOST_SUGGESTED]
        )
        near = (person_id for words in ways for person_id in self._near(words))
        return tuple(islice(dict.fromkeys((*exact, *near)), MOST_SUGGESTED))

    def _near(self, words: list[str]) -> Iterable[int]:
        said = frozenset(words)
        for word in dict.fromkeys(words):
            named = self._by_word.get(word, ())
            # A word that so many have, such as a school's, finds nobody.
            if len(named) > _MOST_OF_A_WORD:
                continue
            for person_id, known, first in named:
                is_short = word != first and any(_shortens(other, first) for other in said - {word})
                if is_short or (len(known) > 1 and known <= said):
                    yield person_id


def alias_keys(told: Told) -> tuple[tuple[AliasKind, str], ...]:
    """What of a line a decision can be remembered by, strongest first.

    Not by an address that stands for several people, nor by the name of a device or a telephone.
    """
    keys = []
    has_own_address = Flag.SHARED_EMAIL not in told.flags and Flag.SEVERAL_NAMES not in told.flags
    if told.number:
        keys.append((AliasKind.NUMBER, told.number.casefold()))
    if told.email and has_own_address:
        keys.append((AliasKind.EMAIL, told.email.casefold()))
        if told.account:
            keys.append((AliasKind.EMAIL, told.account.casefold()))
    elif told.name and not told.email and not told.flags & (_WHOSE | _NEVER):
        keys.append((AliasKind.NAME, unicodedata.normalize("NFKC", told.name).casefold()))
    return tuple(keys)


def number_key(number: str) -> str:
    """How numbers are compared: `E-1042` is `e-1042`. Zeros in front count, for they tell people apart."""
    told = number if number.isascii() else unicodedata.normalize("NFKC", number)
    return " ".join(told.casefold().split())


def shared_numbers(lines: Iterable[Told]) -> frozenset[str]:
    """The numbers, as they are compared, under which a report has several names."""
    names: dict[str, set[str]] = defaultdict(set)
    for told in lines:
        if told.number and told.name:
            names[number_key(told.number)].add(_key(name_words(told.name)))
    return frozenset(number for number, several in names.items() if len(several) > 1)


def name_words(name: str) -> list[str]:
    """A name's words for comparison: `Nguyễn, Mai (she/her)` is nguyen, mai."""
    bare = _ASIDE.sub(" ", name.split("|", maxsplit=1)[0])
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKD", bare.casefold()) if not unicodedata.combining(sign)
    )
    return re.findall(
        r"[^\W\d_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}-][^\W\d_]+)*",
        plain.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"),
    )


def standings(counted: Mapping[Standing, int]) -> dict[Standing, int]:
    """A figure for each standing, in their order."""
    return {standing: counted.get(standing, 0) for standing in Standing}


def _few(*person_ids: int) -> tuple[int, ...]:
    return tuple(dict.fromkeys(person_ids))[:MOST_SUGGESTED]


def _parts(name: str) -> list[str]:
    """The shown and the original name of `Shown (Original)`."""
    return [name, *re.findall(r"\(([^()]{3,120})\)", name)]


def _key(words: Collection[str]) -> str:
    return " ".join(sorted(words))


def _shortens(said: str, first: str) -> bool:
    """`pat` for `patricia`, `patricia` for `pat`."""
    return min(len(said), len(first)) >= _SHORTEST_NICKNAME and (
        said.startswith(first) or first.startswith(said)
    )
