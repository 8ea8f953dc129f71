"""Colleagues who are about to come in: a link for a workshop, and somebody who asked for her letter by it."""

from __future__ import annotations

from datetime import datetime

from pdtracker.actions.accounts import secret_hash
from pdtracker.actions.asking_in import Asking, ask_to_join
from pdtracker.actions.joining_links import NewLink, make_joining_link
from pdtracker.actions.setting_up import keep_defaults
from pdtracker.demo.founding import Founded
from pdtracker.domain.set_up import SetUpStep
from pdtracker.queries.joining import way_of_link
from pdtracker.scope import Scope

_ADMINISTRATOR = "cam@maplewood.example"


def open_a_way_in(founded: Founded, at: datetime, base_url: str, secret: str) -> None:
    """Make the link and ask by it; the letter leaves with the others."""
    with founded.scope(_ADMINISTRATOR, at) as scope:
        database = scope.session.database
        new = NewLink(name="Workshop in the library", domains=("maplewood.example",), days=7, most=40)
        token = make_joining_link(scope, new)
        # Its rules came with the district, so nothing is missing any more.
        keep_defaults(scope, SetUpStep.RULES)
    with database.session(None, installation=True) as doors:
        way = way_of_link(doors, secret_hash(token), at)
    if way is None:
        raise RuntimeError("The link that was made leads nowhere.")
    asking = Asking("Nora Whitaker", "nora.whitaker@maplewood.example", "", f"{base_url.rstrip('/')}/sign-in")
    with database.session(way.district.id) as session:
        ask_to_join(Scope(session, way.district, at), way, asking, key=secret)
