"""Lists of comings and goings, one line for each, as the stays between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pdtracker.exchange.attendance.entries import Entry
from pdtracker.exchange.refused import Refused


@dataclass(frozen=True, slots=True)
class Passage:
    """One coming or going."""

    line: int
    name: str
    at: str
    comes: bool
    person: str = ""
    meeting: str = ""


def paired(passages: Iterable[Passage], refused: list[Refused]) -> Iterator[Entry]:
    """A stay for each coming; without a going it stays open. A second coming of somebody who is there adds nothing."""
    there: dict[tuple[str, str], Passage] = {}
    for passage in passages:
        who = (passage.meeting, passage.person or passage.name.casefold())
        before = there.get(who)
        if passage.comes:
            there.setdefault(who, passage)
        elif before is None:
            refused.append(Refused(passage.line, "They left, but no line before says that they joined."))
        else:
            del there[who]
            yield _stay(before, passage.at)
    for passage in there.values():
        yield _stay(passage, "")


def _stay(came: Passage, left: str) -> Entry:
    return Entry(
        line=came.line, name=came.name, person=came.person, joined=came.at, left=left, meeting=came.meeting
    )
