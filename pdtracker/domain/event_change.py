"""Change of an event: what is another than before, in words, and whether those who come have to hear of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from pdtracker.domain.proposal import Proposal
from pdtracker.domain.split import split_words


class Aspect(StrEnum):
    """What of an event can change."""

    TITLE = "title"
    HOST = "host"
    CO_HOSTS = "co_hosts"
    KIND = "kind"
    CATEGORY = "category"
    TIME = "time"
    AGENDA = "agenda"
    PLATFORM = "platform"
    LINK = "link"
    HASHTAG = "hashtag"
    PROGRAMME = "programme"
    THEMES = "themes"
    SUMMARY = "summary"
    FOR_WHOM = "for_whom"
    ARCHIVE = "archive"

    @property
    def label(self) -> str:
        """Its name in the history."""
        return _LABELS[self]


_LABELS = {
    Aspect.TITLE: "Title",
    Aspect.HOST: "Host",
    Aspect.CO_HOSTS: "Co-hosts",
    Aspect.KIND: "Kind",
    Aspect.CATEGORY: "Hours are about",
    Aspect.TIME: "When",
    Aspect.AGENDA: "Sessions and breaks",
    Aspect.PLATFORM: "Where",
    Aspect.LINK: "Link",
    Aspect.HASHTAG: "Hashtag",
    Aspect.PROGRAMME: "Programme",
    Aspect.THEMES: "Themes",
    Aspect.SUMMARY: "About",
    Aspect.FOR_WHOM: "Whom it is for",
    Aspect.ARCHIVE: "Archive",
}

# Who comes at the old time, or knocks at the old door, has lost something: these are told by letter.
_TOLD = frozenset({Aspect.TIME, Aspect.AGENDA, Aspect.PLATFORM, Aspect.LINK})


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is another than before; empty words stand for "nothing"."""

    aspect: Aspect
    before: str
    after: str


def changes(
    before: Proposal, after: Proposal, *, names: Mapping[int, str] = MappingProxyType({})
) -> tuple[Change, ...]:
    """What differs, in the order of the form. `names` are what programmes and themes are called that differ."""
    old, new = _told(before, names), _told(after, names)
    return tuple(Change(aspect, old[aspect], new[aspect]) for aspect in Aspect if old[aspect] != new[aspect])


def concern_who_comes(found: Collection[Change]) -> bool:
    """Whether people who come have to hear of it: another time, place or link."""
    return any(change.aspect in _TOLD for change in found)


def _told(event: Proposal, names: Mapping[int, str]) -> dict[Aspect, str]:
    return {
        Aspect.TITLE: event.title,
        Aspect.HOST: event.host,
        Aspect.CO_HOSTS: ", ".join(event.co_hosts),
        Aspect.KIND: event.kind.label,
        Aspect.CATEGORY: split_words(event.split) if len(event.split) > 1 else event.category.label,
        Aspect.TIME: event.time.when_words(event.time.zone),
        Aspect.AGENDA: event.agenda.words(event.time.zone),
        Aspect.PLATFORM: event.platform,
        Aspect.LINK: event.link,
        Aspect.HASHTAG: event.hashtag,
        Aspect.PROGRAMME: names.get(event.programme_id or 0, ""),
        Aspect.THEMES: ", ".join(names[theme_id] for theme_id in event.theme_ids if theme_id in names),
        Aspect.SUMMARY: event.summary,
        Aspect.FOR_WHOM: event.for_whom.words,
        Aspect.ARCHIVE: event.archive_link,
    }
