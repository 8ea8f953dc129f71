"""Finding events by their words, behind one condition for both databases.

`event.search_text` holds the folded words (see `domain.search`), and `event_search` indexes them: on SQLite with FTS5,
on PostgreSQL as a stored tsvector. Neither is mapped: nothing but this condition reads them. Triggers see every change
of an event; on SQLite, which lets no trigger write to FTS5, they note it, and `INDEX_DUE` follows before the commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from pdtracker.domain.search import Sought
from pdtracker.models.events import Event

INDEX_DUE = (
    "DELETE FROM event_search WHERE rowid IN (SELECT event_id FROM event_search_due)",
    "INSERT INTO event_search (rowid, search_text)"
    " SELECT id, search_text FROM event WHERE id IN (SELECT event_id FROM event_search_due)",
    "DELETE FROM event_search_due",
)
"""What brings the index of SQLite up to date."""


class _Found(sa.FunctionElement[bool]):
    """Whether an event's words match: its id, the question for FTS5, and the same as a tsquery."""

    inherit_cache = True
    type = sa.Boolean()

    def self_group(self, against: Any = None) -> _Found:  # noqa: ARG002 - whatever stands around it
        """Stand as it is: SQLite, told `... = 1` as of any truth, looks at each event instead of those found."""
        return self


def found_by(sought: Sequence[Sought], *, is_wide: bool = False) -> sa.ColumnElement[bool]:
    """Which events have all of the words; nothing where one of the wishes holds no word.

    With `is_wide`, for words that very many events have, the events are gone through in the order of the query until
    there are enough, instead of all that are found being put into order first.
    """
    if not all(one.words for one in sought):
        return sa.false()
    # A folded word holds letters, digits and marks only: nothing in it means anything to either language.
    match = " AND ".join(f'"{" ".join(one.words)}"{"" if one.is_whole else " *"}' for one in sought)
    tsquery = " & ".join(f"({_tsquery(one)})" for one in sought)
    # An id that is computed is in no index, so the database comes to the events by another one: that of the order.
    event_id = Event.id + 0 if is_wide else Event.id
    return _Found(event_id, sa.literal(match, sa.Text), sa.literal(tsquery, sa.Text))


def _tsquery(sought: Sought) -> str:
    phrase = " <-> ".join(f"'{word}'" for word in sought.words)
    return phrase if sought.is_whole else f"{phrase}:*"


@compiles(_Found, "sqlite")
def _found_by_fts5(element: _Found, compiler: SQLCompiler, **more: Any) -> str:
    event_id, match, _ = (compiler.process(part, **more) for part in element.clauses)
    return f"{event_id} IN (SELECT rowid FROM event_search WHERE event_search MATCH {match})"  # noqa: S608


@compiles(_Found, "postgresql")
def _found_by_tsvector(element: _Found, compiler: SQLCompiler, **more: Any) -> str:
    # With row-level security PostgreSQL doesn't use an index for `@@`, for the operator could tell of rows that the
    # policy hides. So the function asks the index, past the policy, and sees to the district itself.
    event_id, _, tsquery = (compiler.process(part, **more) for part in element.clauses)
    return f"{event_id} = ANY (ARRAY(SELECT pdtracker_events_found({tsquery})))"
