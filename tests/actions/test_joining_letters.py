"""Letters and links that let people in: single use, short-lived, kept as digests, and what two at once come to."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from pdtracker import passwords
from pdtracker.actions.accepting import accept_with_account, accept_with_password
from pdtracker.actions.accounts import secret_hash
from pdtracker.actions.asking_in import Asking, ask_for_another_letter, ask_to_join
from pdtracker.actions.joining_letters import invite_again, invite_people, withdraw_invitation
from pdtracker.actions.joining_links import (
    NewLink,
    close_registration,
    end_joining_link,
    make_joining_link,
    open_registration,
)
from pdtracker.actions.people import Roles, let_person_leave
from pdtracker.actions.rates import TooManyTries
from pdtracker.domain.access import Role
from pdtracker.domain.joining import LINK_LASTS, LINK_PLACE, MOST_LETTERS, LinesRefused, Newcomer
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.jobs import deliver_due_mail
from pdtracker.models.joining import JoiningLetter, JoiningLink
from pdtracker.models.people import Account, AccountDistrict, Membership, Person
from pdtracker.models.records import AuditEntry, OutboxMail
from pdtracker.queries.joining import Way, way_of_district, way_of_link, ways_in
from pdtracker.scope import Scope
from tests.factories import NOW, PASSWORD, SECRET, Cast

CHOSEN = "seven quiet rivers bend"
OTHER = "nine loud engines hum"
BASE = "https://pd.maplewood.example"
TEACHER = Roles(roles=frozenset({Role.TEACHER}))
GUS = Newcomer(1, "Gus Peters", "gus@maplewood.example")
_LINK = re.compile(r"https?://\S+/join/letter/([\w-]+)")


@dataclass
class Postbox:
    """What was delivered."""

    letters: list[EmailMessage] = field(default_factory=list)

    def deliver(self, message: EmailMessage) -> None:
        """Keep it."""
        self.letters.append(message)

    def texts(self) -> list[str]:
        """What the letters say, as plain text; as HTML they lead to the same place."""
        said = []
        for letter in self.letters:
            plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
            assert plain is not None
            assert html is not None
            text = str(plain.get_content())
            assert all(found[0] in html.get_content() for found in _LINK.finditer(text))
            said.append(text)
        return said


def _delivered(cast: Cast, at: object = NOW) -> list[str]:
    box = Postbox()
    deliver_due_mail(cast.database, box, base_url=BASE, clock=lambda: at)  # type: ignore[return-value,arg-type]
    return box.texts()


def _token(cast: Cast) -> str:
    """The link of the one letter that leaves now."""
    (body,) = _delivered(cast)
    found = _LINK.search(body)
    assert found is not None, body
    return found[1]


def _invite(cast: Cast, *newcomers: Newcomer) -> int:
    return invite_people(cast.scope("cam"), newcomers or (GUS,), TEACHER, None)


def _accept(cast: Cast, token: str, password: str = CHOSEN, at: object = NOW, name: str = "") -> None:
    accept_with_password(
        cast.database,
        token,
        name=name,
        password=password,
        network="",
        key=SECRET,
        at=at,  # type: ignore[arg-type]
    )


def _letter_id(cast: Cast) -> int:
    (letter,) = ways_in(cast.scope("cam")).letters
    return letter.id


def _opens(cast: Cast, email: str, password: str) -> bool:
    with cast.database.session(None, installation=True) as doors:
        stored = doors.scalar(sa.select(Account.password_hash).where(Account.email_key == email))
    return stored is not None and passwords.check_password(stored, password).is_right


def _outcomes(*calls: Callable[[], object]) -> list[object]:
    ready = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        ready.wait()
        try:
            return call()
        except (NotValid, NotNow) as refusal:
            return refusal

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def _way(cast: Cast, **more: object) -> tuple[str, Way]:
    told: Mapping[str, object] = {"name": "Workshop", "domains": ("maplewood.example",), "days": 7, "most": 2}
    token = make_joining_link(cast.scope("cam"), NewLink(**{**told, **more}))  # type: ignore[arg-type]
    return token, _good(cast, token)


def _good(cast: Cast, token: str) -> Way:
    with cast.database.session(None, installation=True) as doors:
        way = way_of_link(doors, secret_hash(token), NOW)
    assert way is not None
    return way


def _ask(cast: Cast, way: Way, email: str, network: str = "") -> None:
    with cast.database.session(way.district.id) as session:
        ask_to_join(
            Scope(session, way.district, NOW), way, Asking("Gus Peters", email, network, BASE), key=SECRET
        )


def _people(cast: Cast, email: str) -> list[int]:
    with cast.database.session(cast.maplewood.id) as session:
        return list(session.scalars(sa.select(Person.id).where(Person.email_key == email)))


def test_an_invited_person_comes_in_with_a_password_and_a_confirmed_address(cast: Cast) -> None:
    _invite(cast)
    _accept(cast, _token(cast))
    assert _opens(cast, GUS.email, CHOSEN)
    with cast.database.session(None, installation=True) as doors:
        assert doors.scalar(sa.select(Account.confirmed_at).where(Account.email_key == GUS.email)) == NOW
    scope = cast.scope("cam")
    (person_id,) = _people(cast, GUS.email)
    assert scope.session.scalars(
        sa.select(Membership.role).where(Membership.person_id == person_id)
    ).all() == [Role.TEACHER]
    told = scope.session.scalars(
        sa.select(AuditEntry.action).where(AuditEntry.subject_id == person_id).order_by(AuditEntry.seq)
    ).all()
    assert told == ["person.added", "person.invited", "person.joined"]


def test_no_link_is_kept_but_as_a_digest(cast: Cast) -> None:
    _invite(cast)
    token = _token(cast)
    scope = cast.scope("cam")
    assert scope.session.scalars(sa.select(JoiningLetter.token_hash)).one() == secret_hash(token)
    (body,) = scope.session.scalars(sa.select(OutboxMail.body)).all()
    assert LINK_PLACE in body
    assert token not in body


def test_a_link_is_built_from_the_configured_address(cast: Cast) -> None:
    _invite(cast)
    (body,) = _delivered(cast)
    assert f"{BASE}/join/letter/" in body


def test_a_link_works_once(cast: Cast) -> None:
    _invite(cast)
    token = _token(cast)
    _accept(cast, token)
    with pytest.raises(NotValid):
        _accept(cast, token, OTHER)
    assert _opens(cast, GUS.email, CHOSEN)


def test_a_link_is_over_after_half_an_hour(cast: Cast) -> None:
    _invite(cast)
    token = _token(cast)
    with pytest.raises(NotValid):
        _accept(cast, token, at=NOW + LINK_LASTS)
    _accept(cast, token, at=NOW + LINK_LASTS - timedelta(seconds=1))


def test_a_new_letter_voids_the_link_before(cast: Cast) -> None:
    _invite(cast)
    first = _token(cast)
    invite_again(cast.scope("cam"), _letter_id(cast))
    with pytest.raises(NotValid):
        _accept(cast, first)
    _accept(cast, _token(cast))


def test_a_withdrawn_invitation_lets_nobody_in_and_its_letter_stays(cast: Cast) -> None:
    _invite(cast)
    token, letter_id = _token(cast), _letter_id(cast)
    withdraw_invitation(cast.scope("cam"), letter_id)
    withdraw_invitation(cast.scope("cam"), letter_id)
    with pytest.raises(NotValid):
        _accept(cast, token)
    with pytest.raises(NotNow):
        invite_again(cast.scope("cam"), letter_id)
    _invite(cast)
    withdraw_invitation(cast.scope("cam"), _letter_id(cast))
    assert _delivered(cast) == []


def test_a_letter_withdrawn_while_it_waits_for_its_next_try_is_called_back(cast: Cast) -> None:
    _invite(cast)
    scope = cast.scope("cam")
    with scope.session.writing():
        scope.session.execute(sa.update(JoiningLetter).values(withdrawn_at=NOW))
    assert _delivered(cast) == []
    assert cast.scope("cam").session.scalars(sa.select(OutboxMail.state)).one().value == "cancelled"


def test_a_letter_that_quotes_our_words_for_a_link_leaves_like_any_other(cast: Cast) -> None:
    _invite(cast, Newcomer(1, LINK_PLACE, "odd@maplewood.example"))
    (body,) = _delivered(cast)
    assert body.count("/join/letter/") == 1


def test_another_letter_comes_by_the_link_that_is_over(cast: Cast) -> None:
    _invite(cast)
    token = _token(cast)
    ask_for_another_letter(cast.database, token, network="", key=SECRET, at=NOW + timedelta(days=2))
    (body,) = _delivered(cast, NOW + timedelta(days=2))
    found = _LINK.search(body)
    assert found is not None
    with pytest.raises(NotValid):
        _accept(cast, token, at=NOW + timedelta(days=2))
    _accept(cast, found[1], at=NOW + timedelta(days=2))


def test_no_other_letter_comes_by_a_link_that_stands_for_nothing(cast: Cast) -> None:
    _invite(cast)
    token = _token(cast)
    for said, at in (("x" * 43, NOW), (token, NOW + timedelta(days=15))):
        ask_for_another_letter(cast.database, said, network="", key=SECRET, at=at)
        assert _delivered(cast, at) == []
    withdraw_invitation(cast.scope("cam"), _letter_id(cast))
    ask_for_another_letter(cast.database, token, network="", key=SECRET, at=NOW)
    assert _delivered(cast) == []


def test_one_invitation_brings_no_endless_letters(cast: Cast) -> None:
    _invite(cast)
    for _ in range(MOST_LETTERS - 1):
        token = _token(cast)
        ask_for_another_letter(cast.database, token, network="", key=SECRET, at=NOW)
    ask_for_another_letter(cast.database, _token(cast), network="", key=SECRET, at=NOW)
    assert _delivered(cast) == []


def test_a_list_with_one_wrong_line_invites_nobody(cast: Cast) -> None:
    let_person_leave(cast.scope("cam"), cast.database, cast.person_ids["bo"])
    wrong = (
        GUS,
        Newcomer(2, "Ada", cast.email_of("ada")),
        Newcomer(3, "Bo", cast.email_of("bo")),
        Newcomer(4, "New", "new@maplewood.example", "Riverton North"),
    )
    with pytest.raises(LinesRefused) as refusal:
        _invite(cast, *wrong)
    assert [one.line for one in refusal.value.lines] == [2, 3, 4]
    assert _people(cast, GUS.email) == []
    assert _delivered(cast) == []


def test_a_list_of_many_costs_as_many_statements_as_one_of_few(cast: Cast) -> None:
    counts = []
    for many in (2, 40):
        seen: list[str] = []

        def note(*told: object, seen: list[str] = seen) -> None:
            seen.append(str(told[2])[:20])

        sa.event.listen(cast.database.engine, "before_cursor_execute", note)
        _invite(cast, *(Newcomer(n, f"Person {n}", f"p{n}-{many}@maplewood.example") for n in range(many)))
        sa.event.remove(cast.database.engine, "before_cursor_execute", note)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_who_has_an_account_elsewhere_brings_it_with_its_password(cast: Cast) -> None:
    _invite(cast, Newcomer(1, "Dee A.", cast.email_of("dee")))
    token = _token(cast)
    with pytest.raises(NotValid):
        _accept(cast, token, CHOSEN)
    _accept(cast, token, PASSWORD)
    with cast.database.session(cast.maplewood.id) as session:
        linked = session.scalars(
            sa.select(AccountDistrict.person_id).where(AccountDistrict.account_id == cast.account_ids["dee"])
        ).all()
    assert linked == _people(cast, cast.email_of("dee"))


def test_a_letter_in_hand_is_no_way_to_guess_a_password(cast: Cast) -> None:
    _invite(cast, Newcomer(1, "Dee A.", cast.email_of("dee")))
    token = _token(cast)
    for _ in range(10):
        with pytest.raises(NotValid):
            _accept(cast, token, CHOSEN)
    with pytest.raises(TooManyTries):
        _accept(cast, token, PASSWORD)


def test_an_account_of_this_district_is_not_brought_twice(cast: Cast) -> None:
    _invite(cast)
    token = _token(cast)
    with pytest.raises(NotValid) as refusal:
        accept_with_account(
            cast.database, token, cast.account_ids["ada"], name="", network="", key=SECRET, at=NOW
        )
    assert "link" in refusal.value.errors
    _accept(cast, token)


def test_who_left_meanwhile_does_not_come_in(cast: Cast) -> None:
    _invite(cast)
    token = _token(cast)
    let_person_leave(cast.scope("cam"), cast.database, _people(cast, GUS.email)[0])
    with pytest.raises(NotValid):
        _accept(cast, token)


def test_a_letter_to_an_address_that_was_corrected_lets_nobody_in(cast: Cast) -> None:
    _invite(cast)
    token, scope = _token(cast), cast.scope("cam")
    with scope.session.writing():
        scope.session.execute(
            sa.update(Person)
            .where(Person.email_key == GUS.email)
            .values(email="g@maplewood.example", email_key="g@maplewood.example")
        )
    with pytest.raises(NotValid):
        _accept(cast, token)


def test_another_districts_invitation_is_not_here(cast: Cast) -> None:
    _invite(cast)
    letter_id = _letter_id(cast)
    for act in (invite_again, withdraw_invitation):
        with pytest.raises(NotHere):
            act(cast.operator(cast.riverton), letter_id)


def test_of_two_who_use_one_link_at_once_one_is_in(cast: Cast) -> None:
    """Without `used_at IS NULL` in `accepting._use` the second would choose the password of the first."""
    _invite(cast)
    token = _token(cast)
    ends = _outcomes(*(lambda password=word: _accept(cast, token, password) for word in (CHOSEN, OTHER)))
    assert sorted(type(end).__name__ for end in ends) == ["NoneType", "NotValid"]
    won = (CHOSEN, OTHER)[ends.index(None)]
    assert _opens(cast, GUS.email, won)


def test_of_accepting_and_withdrawing_at_once_one_counts(cast: Cast) -> None:
    """Without `withdrawn_at IS NULL` in `accepting._use` both would be told that they were done."""
    for turn in range(4):
        one = Newcomer(1, f"Gus {turn} Peters", f"gus{turn}@maplewood.example")
        _invite(cast, one)
        token = _token(cast)
        letter_id = next(row.id for row in ways_in(cast.scope("cam")).letters if row.email == one.email)
        came, withdrew = _outcomes(
            lambda token=token: _accept(cast, token),
            lambda letter_id=letter_id: withdraw_invitation(cast.scope("cam"), letter_id),
        )
        assert (came is None) != (withdrew is None)
        assert _opens(cast, one.email, CHOSEN) == (came is None)


def test_of_two_invitations_of_one_address_at_once_one_letter_leaves(cast: Cast) -> None:
    ends = _outcomes(lambda: _invite(cast), lambda: _invite(cast))
    assert 1 in ends
    assert len(_people(cast, GUS.email)) == 1
    tokens = [found[1] for body in _delivered(cast) if (found := _LINK.search(body))]
    assert len(tokens) == 1
    _accept(cast, tokens[0])


def test_a_link_lets_in_who_reads_mail_of_its_domain(cast: Cast) -> None:
    _, way = _way(cast)
    _ask(cast, way, GUS.email)
    assert _people(cast, GUS.email) == []
    _accept(cast, _token(cast), name="Gustav Peters")
    (person_id,) = _people(cast, GUS.email)
    scope = cast.scope("cam")
    assert scope.session.scalar(sa.select(Person.name).where(Person.id == person_id)) == "Gustav Peters"
    assert scope.session.scalar(sa.select(JoiningLink.used)) == 1
    assert scope.session.scalars(
        sa.select(Membership.role).where(Membership.person_id == person_id)
    ).all() == [Role.TEACHER]


@pytest.mark.parametrize(
    "email", ["gus@evil.example", "gus@maplewood.example.evil.example", "gus@sub.maplewood.example"]
)
def test_a_link_writes_to_no_other_domain(cast: Cast, email: str) -> None:
    _, way = _way(cast)
    with pytest.raises(NotValid):
        _ask(cast, way, email)
    assert _delivered(cast) == []


def test_a_link_lets_in_no_more_than_it_says_also_at_once(cast: Cast) -> None:
    """Without `used < most` in the UPDATE of `accepting._is_way_open` both would come in."""
    _, way = _way(cast, most=1)
    tokens = []
    for name in ("gus", "gil"):
        _ask(cast, way, f"{name}@maplewood.example")
        tokens.append(_token(cast))
    ends = _outcomes(*(lambda token=token: _accept(cast, token) for token in tokens))
    assert sorted(type(end).__name__ for end in ends) == ["NoneType", "NotValid"]
    assert len(_people(cast, "gus@maplewood.example") + _people(cast, "gil@maplewood.example")) == 1


def test_a_link_that_was_ended_lets_nobody_in_who_has_its_letter(cast: Cast) -> None:
    _, way = _way(cast)
    _ask(cast, way, GUS.email)
    token = _token(cast)
    assert way.link_id is not None
    end_joining_link(cast.scope("cam"), way.link_id)
    with pytest.raises(NotValid):
        _accept(cast, token)
    ask_for_another_letter(cast.database, token, network="", key=SECRET, at=NOW)
    assert _delivered(cast) == []


def test_registration_is_closed_until_a_district_opens_it(cast: Cast) -> None:
    assert way_of_district(cast.database, "maplewood") is None
    open_registration(cast.scope("cam"), ("maplewood.example",))
    way = way_of_district(cast.database, "maplewood")
    assert way is not None
    assert way_of_district(cast.database, "riverton") is None
    _ask(cast, way, GUS.email)
    token = _token(cast)
    close_registration(cast.scope("cam"))
    close_registration(cast.scope("cam"))
    with pytest.raises(NotValid):
        _accept(cast, token)


def test_everybody_who_asks_gets_the_same_work_and_the_fitting_letter(cast: Cast) -> None:
    """Somebody unknown, somebody who can sign in, somebody who left, somebody of the roster who never came in."""
    let_person_leave(cast.scope("cam"), cast.database, cast.person_ids["bo"])
    _invite(cast)
    withdraw_invitation(cast.scope("cam"), _letter_id(cast))
    _, way = _way(cast)
    asked = {
        "unknown@maplewood.example": "Choose your password",
        cast.email_of("ada"): "You belong to it already",
        cast.email_of("bo"): "as somebody who left",
        GUS.email: "Choose your password",
    }
    counts = []
    for email, words in asked.items():
        seen: list[str] = []

        def note(*told: object, seen: list[str] = seen) -> None:
            seen.append(str(told[2]).split()[0])

        sa.event.listen(cast.database.engine, "before_cursor_execute", note)
        _ask(cast, way, email)
        sa.event.remove(cast.database.engine, "before_cursor_execute", note)
        counts.append(seen)
        (body,) = _delivered(cast)
        assert words in body
        assert ("/join/letter/" in body) == (words == "Choose your password")
    assert all(seen == counts[0] for seen in counts)


def test_who_asked_by_themselves_was_invited_by_nobody(cast: Cast) -> None:
    _invite(cast)
    withdraw_invitation(cast.scope("cam"), _letter_id(cast))
    _, way = _way(cast)
    _ask(cast, way, GUS.email)
    (letter,) = ways_in(cast.scope("cam")).letters
    assert (letter.person_id, letter.by_name) == (_people(cast, GUS.email)[0], "")
    ask_for_another_letter(cast.database, _token(cast), network="", key=SECRET, at=NOW)
    (body,) = _delivered(cast)
    assert "asked to join" in body


def test_who_asks_too_often_waits(cast: Cast) -> None:
    _, way = _way(cast)
    for _ in range(3):
        _ask(cast, way, GUS.email)
    with pytest.raises(TooManyTries):
        _ask(cast, way, GUS.email)
    for number in range(57):
        _ask(cast, way, f"g{number}@maplewood.example", "10.0.0.0/24")
    for number in range(3):
        _ask(cast, way, f"h{number}@maplewood.example", "10.0.0.0/24")
    with pytest.raises(TooManyTries):
        _ask(cast, way, "h9@maplewood.example", "10.0.0.0/24")
