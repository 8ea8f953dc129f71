"""The figures by which SQLite plans its searches, told to it once instead of counted.

Without figures SQLite takes every first column of an index for one that leaves ten rows. Here that is the district,
which in most installations leaves them all: a claim's evidence was then looked for among that of everybody, whenever
an index promised the order as well. Counted figures (`ANALYZE`) would change the plans with the data, and a small
district's plans would stay when it has grown; these are of a large one, which do for a small one too.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

_ROWS = 1_000_000
# How many rows of a district have the same value in the index's second column; in each further one a quarter of it.
_ALIKE = 100


def tell(connection: sa.Connection) -> None:
    """Tell SQLite about each index that begins with the district; what was told or counted before stays.

    See https://www.sqlite.org/fileformat2.html#stat1tab for what it reads.
    """
    # Makes the table of figures where there is none.
    connection.exec_driver_sql("ANALYZE sqlite_master")
    told = {tuple(row) for row in connection.exec_driver_sql("SELECT tbl, idx FROM sqlite_stat1")}
    figures = [row for row in _figures(connection) if row[:2] not in told]
    if not figures:
        return
    connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", figures)
    # This connection read the figures already.
    connection.exec_driver_sql("ANALYZE sqlite_master")


def _figures(connection: sa.Connection) -> Iterator[tuple[str, str, str]]:
    rows = connection.exec_driver_sql(
        "SELECT t.name, i.name, i.[unique], count(*) FROM sqlite_master t"
        " JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c"
        " WHERE t.type = 'table' GROUP BY i.name HAVING max(c.seqno = 0 AND c.name = 'district_id')"
    ).all()
    for table, index, is_unique, columns in rows:
        yield table, index, _figures_of(columns, is_unique=bool(is_unique))


def _figures_of(columns: int, *, is_unique: bool) -> str:
    """All rows, then how many of them have the same first column, the same first two, and so on."""
    alike = [max(_ALIKE // 4**place, 2) for place in range(columns - 1)]
    if is_unique and alike:
        alike[-1] = 1
    return " ".join(str(figure) for figure in (_ROWS, _ROWS, *alike))
