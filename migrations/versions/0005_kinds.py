"""Three more kinds of event: course, workshop and other.

Revision: 0005
"""

from __future__ import annotations

from pdtracker.migrating import allow_words

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("event", "claim", "award")
BEFORE = (
    "webinar", "panel", "hashtag_chat", "forum", "book_club", "unconference",
    "open_house", "tour", "contest", "radio_show", "conference", "self_paced",
)  # fmt: skip
AFTER = (*BEFORE, "course", "workshop", "other")


def upgrade() -> None:
    """Let the three tables hold the new kinds."""
    for table in TABLES:
        allow_words(table, "kind", "eventkind", BEFORE, AFTER)


def downgrade() -> None:
    """Allow only the old kinds; refused while a row has a new one, because an award can't be changed."""
    for table in TABLES:
        allow_words(table, "kind", "eventkind", AFTER, BEFORE)
