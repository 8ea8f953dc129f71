"""Addresses: how ids and districts stand in them, and which paths of our own a visitor may be sent on to."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from werkzeug.routing import BaseConverter, ValidationError

from pdtracker.domain import refs

# One slash at the beginning, then nothing that a browser turns into a slash or throws away.
_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
_LONGEST_PATH = 2000


class RefConverter(BaseConverter):
    """`<ref:claim_id>`: an id as its 13-letter reference; the view gets the number."""

    regex = refs.PATTERN

    def to_python(self, value: str) -> int:
        """The id; anything that isn't one's own spelling is an unknown page."""
        try:
            return refs.id_of(value)
        except ValueError as error:
            raise ValidationError from error

    def to_url(self, value: Any) -> str:
        """The reference of an id."""
        return refs.ref_of(int(value))


class SlugConverter(BaseConverter):
    """`<slug:district>`: the short name of a district or programme, 2 to 40 letters."""

    regex = r"[a-z0-9][a-z0-9-]{0,38}[a-z0-9]"


def register(app: Flask) -> None:
    """Make the converters known, take the district out of every view's arguments, and put it into every link."""
    app.url_map.converters["ref"] = RefConverter
    app.url_map.converters["slug"] = SlugConverter
    app.url_value_preprocessor(_take_district)
    app.url_defaults(_put_district)


def own_path(path: str | None) -> str | None:
    """The path, when it leads to a page of this site and nowhere else; otherwise `None`."""
    if not path or len(path) > _LONGEST_PATH or not _OWN_PATH.fullmatch(path):
        return None
    try:
        parts = urlsplit(path)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else path


def this_path() -> str:
    """The path of this request with its query, to come back to."""
    return request.full_path if request.query_string else request.path


def _take_district(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.district_slug = values.pop("district", None) if values else None


def _put_district(endpoint: str, values: dict[str, Any]) -> None:
    from_here = g.get("district_slug") or g.get("home_slug")
    if (
        "district" not in values
        and from_here
        and current_app.url_map.is_endpoint_expecting(endpoint, "district")
    ):
        values["district"] = from_here
