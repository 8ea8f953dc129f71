"""A session sees and touches rows of its own district only, whatever a query or an action does with it.

Every district-owned table (they are found in the registry, nobody lists them) holds one row of ours and one of
theirs; a session of our district then tries every way to theirs that is known to leak somewhere. The belts hold
on SQLite alone; on PostgreSQL row-level security is behind them.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import aliased, make_transient_to_detached

from pdtracker.db import Database, DistrictSession, _readings
from pdtracker.models import Base
from pdtracker.models.base import (
    Amount,
    Directory,
    DistrictBound,
    Exact,
    Installation,
    Instant,
    SharedOrOwned,
)
from pdtracker.models.districts import District
from pdtracker.models.events import Event, EventCoHost, EventTheme, Organization, Programme, Theme
from pdtracker.models.ids import new_id
from pdtracker.models.people import SignIn
from pdtracker.reach import DISTRICT, ForeignRow
from tests.factories import NOW
from tests.harness.databases import DatabaseUrls

OURS, THEIRS = 101, 202

MODELS = [mapper.class_ for mapper in Base.registry.mappers]
OWNED = sorted(
    (model for model in MODELS if issubclass(model, DistrictBound)), key=lambda model: model.__name__
)

# Tables without an owner, each with its reason.
NOBODYS = {
    "district": "the list of districts is public",
    "event_co_host": "joins two tables that are scoped themselves",
    "theme_convenor": "joins two tables that are scoped themselves",
    "event_theme": "joins two tables that are scoped themselves",
    "alembic_version": "the schema's revision",
}


@dataclass
class Rows:
    """A database with one row of ours and one of theirs in a table."""

    database: Database
    model: Any
    theirs: dict[str, Any]

    def stored(self, district_id: int) -> list[Any]:
        """What the table holds of a district, asked past every session."""
        table = self.model.__table__
        with owner(self.database).connect() as connection:
            found = connection.execute(sa.select(table).where(table.c.district_id == district_id)).all()
        return sorted(map(repr, found))


def owner(database: Database) -> sa.Engine:
    """An engine that no belt binds."""
    engine: sa.Engine = database.tests_owner  # type: ignore[attr-defined]
    return engine


def a_value(column: sa.Column[Any], district_id: int) -> Any:
    """The least valid value of a column."""
    if column.name == "district_id":
        return district_id
    if column.name == "id":
        return new_id()
    if column.name == "for_person_id":
        return 2  # nobody stands in for themselves
    if (column.table.name, column.name) == ("claim_fact", "regime"):
        return ""  # only evidence is shown to one body
    if isinstance(column.type, sa.Enum):
        return next(iter(column.type.enum_class))
    kind = datetime if isinstance(column.type, Instant) else column.type.python_type
    if isinstance(column.type, sa.JSON):
        return {}
    if isinstance(column.type, Amount | Exact):
        return Fraction(1)
    words = {
        "link": "https://somewhere.example/",
        "digest": f"{district_id:064}",
        "sha256": f"{district_id:064}",
    }
    values: dict[type, Any] = {
        bool: False,
        int: 1,
        str: words.get(column.name, f"x{district_id}"),
        bytes: b"x",
        datetime: NOW + timedelta(hours=column.name in ("ends_at", "expires_at")),
        date: NOW.date(),
    }
    return values[kind]


def a_row(model: Any, district_id: int) -> dict[str, Any]:
    """The least valid row of a table; what it points at need not exist."""
    return {
        column.name: a_value(column, district_id)
        for column in model.__table__.columns
        if not column.nullable or column.name in ("link", "units", "district_id")
    }


@pytest.fixture
def database(database_urls: DatabaseUrls) -> Iterator[Database]:
    """A database with two districts, and an engine of its owner beside it."""
    opened = Database(database_urls.app)
    opened.tests_owner = sa.create_engine(database_urls.admin)  # type: ignore[attr-defined]
    with owner(opened).begin() as connection:
        for number in (OURS, THEIRS):
            connection.execute(
                sa.insert(District.__table__).values(
                    id=number, slug=f"d{number}", name="D", place="P", zone="UTC", created_at=NOW
                )
            )
    yield opened
    owner(opened).dispose()
    opened.dispose()


@pytest.fixture(params=OWNED, ids=lambda model: model.__name__)
def rows(request: pytest.FixtureRequest, database: Database) -> Rows:
    """The table with a row of each district. Keys are not checked while they are made: only owners matter here."""
    model = request.param
    theirs = a_row(model, THEIRS)
    with owner(database).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = replica")
        connection.execute(sa.insert(model.__table__), [a_row(model, OURS)])
        connection.execute(sa.insert(model.__table__), [theirs])
    return Rows(database, model, theirs)


Reading = Callable[[DistrictSession, Any, dict[str, Any]], Any]


def _key(model: Any, row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in model.__table__.primary_key.columns)


def _reached(found: Any) -> list[int]:
    """The districts of what was found: entities, rows or numbers."""
    return [getattr(item, "district_id", item) for item in found]


def _joined_to_itself(session: DistrictSession, model: Any) -> list[int]:
    beside = aliased(model)
    rows = session.execute(
        sa.select(beside.district_id.label("owner")).select_from(model).join(beside, sa.true())
    )
    return [row.owner for row in rows]


READS: dict[str, Reading] = {
    "entities": lambda s, m, t: s.scalars(sa.select(m)),
    "a column": lambda s, m, t: s.scalars(sa.select(m.district_id)),
    "rows of columns": lambda s, m, t: s.execute(
        sa.select(*(getattr(m, item.key) for item in m.__mapper__.column_attrs))
    ),
    "an aggregate": lambda s, m, t: [THEIRS] * (s.scalar(sa.select(sa.func.count(m.district_id))) - 1),
    "a count over the entity": lambda s, m, t: (
        [THEIRS] * (s.scalar(sa.select(sa.func.count()).select_from(m)) - 1)
    ),
    "the greatest owner": lambda s, m, t: [s.scalar(sa.select(sa.func.max(m.district_id)))],
    "an alias": lambda s, m, t: s.scalars(sa.select(aliased(m))),
    "an alias of a subquery": lambda s, m, t: s.scalars(sa.select(aliased(m, sa.select(m).subquery()))),
    "a subquery": lambda s, m, t: s.scalars(sa.select(sa.select(m.district_id).subquery().c[0])),
    "a common table": lambda s, m, t: s.scalars(sa.select(sa.select(m.district_id).cte().c[0])),
    "a scalar subquery": lambda s, m, t: [
        s.scalar(
            sa.select(sa.select(sa.func.max(m.district_id)).scalar_subquery()).select_from(District).limit(1)
        )
    ],
    "a union": lambda s, m, t: s.scalars(sa.union_all(sa.select(m.district_id), sa.select(m.district_id))),
    "exists": lambda s, m, t: (
        [THEIRS]
        * len(
            s.scalars(
                sa.select(District.id).where(
                    District.id == THEIRS,
                    sa.exists(sa.select(m.district_id).where(m.district_id == District.id)),
                )
            ).all()
        )
    ),
    "in a subquery": lambda s, m, t: list(
        s.scalars(sa.select(District.id).where(District.id.in_(sa.select(m.district_id))))
    ),
    "a join from the district": lambda s, m, t: s.scalars(
        sa.select(District.id).join(m, m.district_id == District.id)
    ),
    "an outer join from the district": lambda s, m, t: [
        row.owner or OURS
        for row in s.execute(
            sa.select(District.id, m.district_id.label("owner")).outerjoin(m, m.district_id == District.id)
        )
    ],
    "a self-join": lambda s, m, t: _joined_to_itself(s, m),
    "a literal from the entity": lambda s, m, t: (
        [THEIRS] * (len(s.scalars(sa.select(sa.literal(1)).select_from(m)).all()) - 1)
    ),
    "by key": lambda s, m, t: [] if s.get(m, _key(m, t)) is None else [THEIRS],
    "by key, locked": lambda s, m, t: [] if s.get(m, _key(m, t), with_for_update=True) is None else [THEIRS],
    "asked for the other owner": lambda s, m, t: s.scalars(sa.select(m).where(m.district_id == THEIRS)),
    "either owner": lambda s, m, t: s.scalars(sa.select(m).where(sa.or_(m.district_id == THEIRS, sa.true()))),
    "the legacy query": lambda s, m, t: s.query(m).all(),
    "the legacy query of a column": lambda s, m, t: [row[0] for row in s.query(m.district_id)],
    "by batches": lambda s, m, t: s.scalars(sa.select(m).execution_options(yield_per=1)),
    "populating anew": lambda s, m, t: s.scalars(sa.select(m).execution_options(populate_existing=True)),
}


def _some_column(model: Any, row: Mapping[str, Any]) -> str:
    """A column to change that the row has: any but the key, where there is one."""
    columns = sorted(model.__table__.columns, key=lambda column: column.primary_key)
    return next(str(column.name) for column in columns if column.name in row)


def _fresh(model: Any) -> dict[str, Any]:
    return {"id": new_id()} if "id" in model.__table__.columns else {}


def _move(session: DistrictSession, model: Any) -> None:
    session.scalars(sa.select(model)).one().district_id = THEIRS
    session.flush()


def _adopt(session: DistrictSession, model: Any, row: dict[str, Any], *, delete: bool = False) -> None:
    """Pretend that a row of theirs was loaded here, and change it."""
    adopted = model(**row)
    make_transient_to_detached(adopted)
    session.add(adopted)
    if delete:
        session.delete(adopted)
    else:
        sa.orm.attributes.flag_modified(adopted, _some_column(model, row))
    session.flush()


REFUSED: dict[str, Reading] = {
    "the table": lambda s, m, t: s.execute(sa.select(m.__table__)),
    "raw SQL": lambda s, m, t: s.execute(sa.text(f"SELECT * FROM {m.__tablename__}")),
    "raw SQL as entities": lambda s, m, t: s.scalars(
        sa.select(m).from_statement(sa.text(f"SELECT * FROM {m.__tablename__}"))
    ),
    "the connection": lambda s, m, t: s.connection(),
    "an insert": lambda s, m, t: s.execute(sa.insert(m).values(**t)),
    "an insert of rows": lambda s, m, t: s.execute(sa.insert(m), [t]),
    "an insert into the table": lambda s, m, t: s.execute(sa.insert(m.__table__).values(**t)),
    "an insert from a select": lambda s, m, t: s.execute(
        sa.insert(m).from_select(["district_id"], sa.select(District.id))
    ),
    "rows with another owner": lambda s, m, t: s.insert_rows(m, [{**t, "district_id": THEIRS}]),
    "a new object of theirs": lambda s, m, t: (s.add(m(**{**t, **_fresh(m)})), s.flush()),
    "an update of the table": lambda s, m, t: s.execute(sa.update(m.__table__).values(district_id=OURS)),
    "an update by keys": lambda s, m, t: s.execute(sa.update(m), [t]),
    "moving rows": lambda s, m, t: s.execute(sa.update(m).values(district_id=THEIRS)),
    "moving an object": lambda s, m, t: _move(s, m),
    "bulk mappings": lambda s, m, t: s.bulk_update_mappings(m, [t]),
    "bulk objects": lambda s, m, t: s.bulk_save_objects([m(**t)]),
    "a merge": lambda s, m, t: s.merge(m(**t)),
    "a detached object of theirs": _adopt,
    "deleting a detached object of theirs": lambda s, m, t: _adopt(s, m, t, delete=True),
    "raw delete": lambda s, m, t: s.execute(sa.text(f"DELETE FROM {m.__tablename__}")),
    "a commit": lambda s, m, t: s.commit(),
    "the table beside an entity": lambda s, m, t: s.execute(
        sa.select(District.id, m.__table__.c.district_id)
    ),
    "an alias of the table beside an entity": lambda s, m, t: s.execute(
        sa.select(District.id, m.__table__.alias().c.district_id)
    ),
    "the table in exists": lambda s, m, t: s.execute(
        sa.select(District.id).where(sa.exists(sa.select(m.__table__.c.district_id)))
    ),
    "the table in a scalar subquery": lambda s, m, t: s.execute(
        sa.select(District.id, sa.select(m.__table__.c.district_id).limit(1).scalar_subquery())
    ),
    "the table counted in a subquery": lambda s, m, t: s.execute(
        sa.select(District.id, sa.select(sa.func.count()).select_from(m.__table__).scalar_subquery())
    ),
    "the table joined": lambda s, m, t: s.execute(sa.select(District.id).join(m.__table__, sa.true())),
    "a literal column": lambda s, m, t: s.execute(
        sa.select(District.id, sa.literal_column(f"(SELECT count(*) FROM {m.__tablename__})"))
    ),
    "SQL text in a condition": lambda s, m, t: s.execute(sa.select(m).where(sa.text("1 = 1"))),
    "another district's session": lambda s, m, t: setattr(s, "district_id", THEIRS),
}


def test_no_way_of_reading_leads_to_another_district(rows: Rows) -> None:
    leaks = []
    for name, read in READS.items():
        with rows.database.session(OURS) as session, session.writing():
            if THEIRS in _reached(read(session, rows.model, rows.theirs)):
                leaks.append(name)
    assert leaks == []


def test_each_read_would_find_the_row_if_it_were_ours(rows: Rows) -> None:
    """So that the test above can fail: their own session reaches the same row in each of these ways."""
    found = []
    for name, read in READS.items():
        if name in ("an aggregate", "a count over the entity", "a literal from the entity"):
            continue
        with rows.database.session(THEIRS) as session, session.writing():
            if THEIRS in _reached(read(session, rows.model, rows.theirs)):
                found.append(name)
    skipped = {"an aggregate", "a count over the entity", "a literal from the entity"}
    assert found == [name for name in READS if name not in skipped]


def test_every_way_around_the_scope_is_refused_and_changes_nothing(rows: Rows) -> None:
    before = rows.stored(OURS), rows.stored(THEIRS)
    passed = []
    for name, attempt in REFUSED.items():
        with (
            rows.database.session(OURS) as session,
            suppress(ForeignRow, RuntimeError, AttributeError),
            session.writing(),
        ):
            attempt(session, rows.model, dict(rows.theirs))
            passed.append(name)
    assert passed == []
    assert (rows.stored(OURS), rows.stored(THEIRS)) == before


def test_an_update_or_delete_by_criteria_stays_at_home(rows: Rows) -> None:
    before = rows.stored(THEIRS)
    value = getattr(rows.model, _some_column(rows.model, rows.theirs))
    for statement in (
        sa.update(rows.model).values({value: value}),
        sa.update(rows.model).where(rows.model.district_id == THEIRS).values({value: value}),
        sa.delete(rows.model),
        sa.delete(rows.model).where(rows.model.district_id == THEIRS),
    ):
        # A frozen table refuses to change our row as well: that is another guard, and just as good here.
        with (
            rows.database.session(OURS) as session,
            suppress(sa.exc.DBAPIError, ForeignRow),
            session.writing(),
        ):
            session.execute(statement.execution_options(synchronize_session=False))
    assert rows.stored(THEIRS) == before


@pytest.mark.parametrize("model", [Event, Organization, Programme, Theme], ids=lambda model: model.__name__)
def test_what_all_share_is_changed_by_no_district(database: Database, model: Any) -> None:
    shared = {**a_row(model, OURS), "district_id": None}
    with owner(database).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = replica")
        connection.execute(sa.insert(model.__table__), [shared])
    column = getattr(model, "title" if model is Event else "name")
    for change in (sa.update(model).values({column: "changed"}), sa.delete(model)):
        with database.session(OURS) as session, session.writing():
            assert len(session.scalars(sa.select(model.id)).all()) == 1
            session.execute(change.execution_options(synchronize_session=False))
    with owner(database).connect() as connection:
        assert connection.scalars(sa.select(model.__table__.c[column.key])).all() == [shared[column.key]]


@pytest.mark.parametrize("model", [EventTheme, EventCoHost, District], ids=lambda model: model.__name__)
def test_what_nobody_owns_is_changed_by_no_district(database: Database, model: Any) -> None:
    for change in (sa.update(model).values(_nothing_new(model)), sa.delete(model)):
        with pytest.raises(ForeignRow), database.session(OURS) as session, session.writing():
            session.execute(change)


def _nothing_new(model: Any) -> dict[str, Any]:
    first = next(iter(model.__mapper__.column_attrs)).key
    return {first: getattr(model, first)}


def test_a_session_without_a_district_refuses_to_ask(rows: Rows) -> None:
    with rows.database.session(None) as session, pytest.raises(ForeignRow):
        session.scalars(sa.select(rows.model)).all()
    with rows.database.session(None, installation=True) as session:
        nested = sa.select(District.id).where(sa.exists(sa.select(rows.model.district_id)))
        assert session.scalars(nested).all() == []


def test_one_statement_asked_by_many_sessions_shows_each_its_own(rows: Rows) -> None:
    """It is looked through once only: what one session may see is nothing that the next one inherits."""
    statement = sa.select(rows.model.district_id)
    for district_id in (OURS, THEIRS, OURS):
        with rows.database.session(district_id) as session:
            assert session.scalars(statement).all() == [district_id]
            assert session.scalars(statement, {DISTRICT: THEIRS}).all() == [district_id]
    with rows.database.session(None) as session, pytest.raises(ForeignRow):
        session.scalars(statement).all()


def test_what_the_doors_may_ask_a_district_may_not_ask_after_them(database: Database) -> None:
    statement = sa.select(SignIn.id)
    with database.session(OURS, installation=True) as session:
        assert session.scalars(statement).all() == []
    with database.session(OURS) as session, pytest.raises(ForeignRow):
        session.scalars(statement).all()


def test_a_statement_that_nobody_holds_is_forgotten(database: Database) -> None:
    gc.collect()
    before = len(_readings)
    with database.session(OURS) as session:
        kept = sa.select(District.id)
        for number in range(20):
            session.scalars(sa.select(District.id).where(District.id == number)).all()
        session.scalars(kept).all()
    gc.collect()
    assert len(_readings) == before + 1


def test_every_table_has_an_owner_or_is_listed_with_a_reason(database: Database) -> None:
    kinds = (DistrictBound, Directory, SharedOrOwned, Installation)
    unowned = {model.__tablename__ for model in MODELS if not issubclass(model, kinds)}
    assert unowned == set(NOBODYS) - {"alembic_version"}


def test_postgresql_guards_every_table_that_belongs_to_somebody(postgres_urls: DatabaseUrls) -> None:
    engine = sa.create_engine(postgres_urls.owner)
    with engine.connect() as connection:
        guarded = connection.execute(
            sa.text(
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
                " AND relrowsecurity AND relforcerowsecurity"
            )
        )
        names = set(guarded.scalars())
    engine.dispose()
    owned = {
        model.__tablename__
        for model in MODELS
        if issubclass(model, DistrictBound | Directory | SharedOrOwned)
    }
    assert names == owned


def test_postgresql_shows_a_bare_connection_nothing(postgres_urls: DatabaseUrls) -> None:
    database = Database(postgres_urls.app)
    admin = sa.create_engine(postgres_urls.admin)
    with admin.begin() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")
        for model in OWNED:
            connection.execute(sa.insert(model.__table__), [a_row(model, OURS)])
            assert connection.execute(sa.select(model.__table__)).all() != []
    with database.engine.connect() as connection:
        seen = [model for model in OWNED if connection.execute(sa.select(model.__table__)).all()]
    admin.dispose()
    database.dispose()
    assert seen == []


def test_a_row_cannot_point_into_another_district(database: Database) -> None:
    """The composite keys hold by themselves, asked past every session."""
    from_here = [
        (constraint, table.name)
        for table in Base.metadata.sorted_tables
        for constraint in table.foreign_key_constraints
        if "district_id" in table.columns
    ]
    loose = [
        f"{name}.{constraint.column_keys}"
        for constraint, name in from_here
        if "district_id" in constraint.referred_table.columns
        and "district_id" not in constraint.column_keys
        and constraint.referred_table.columns["district_id"].nullable is False
    ]
    assert loose == []
