"""An event as the entry that a letter brings along, for the calendar of whoever reads it. No action by itself."""

from __future__ import annotations

from pdtracker.actions.posting import Attachment
from pdtracker.exchange.ics.feed import write_feed
from pdtracker.queries import feeds
from pdtracker.scope import Scope


def calendar_entry(scope: Scope, event_id: int, title: str, zone: str, address: str) -> Attachment:
    """The entry as a file; `address` is where the event's page is. Two statements."""
    told = feeds.entries(feeds.feed_event(scope, event_id), address)
    return Attachment("event.ics", write_feed(title, zone, list(told)).decode())
