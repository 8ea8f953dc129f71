"""Compiled once for all tests of a worker, as one process of the server compiles once: templates and statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import sqlalchemy as sa
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.util import LRUCache

from pdtracker import db

# More than the application has statements.
_STATEMENTS = 2000


class Templates(BytecodeCache):
    """Keeps what templates compile to, by their source: a test may have others under the same names."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template's code, where it is known."""
        if code := self._codes.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template's code."""
        self._codes[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


class Statements:
    """Makes engines that share what statements compile to, and nothing else: each has connections of its own."""

    def __init__(self) -> None:
        self._dialects: dict[str, sa.Dialect] = {}
        self._compiled: LRUCache[Any, Any] = LRUCache(_STATEMENTS)

    def engine(self, url: str, *, pool_size: int = 8) -> sa.Engine:
        """The engine that the application would make."""
        made = _make_engine(url, pool_size=pool_size)
        # A statement is known together with the dialect that it was compiled for. A dialect learns the server's ways
        # at its first connection, so the first engine that has had one gives its dialect to the later ones.
        known = self._dialects.get(made.dialect.name)
        if known is None:
            sa.event.listen(made, "engine_connect", self._learn)
        else:
            made.dialect = known
        made.update_execution_options(compiled_cache=self._compiled)
        return made

    def _learn(self, connection: sa.Connection) -> None:
        self._dialects.setdefault(connection.dialect.name, connection.dialect)


@contextmanager
def compiled_once() -> Iterator[None]:
    """From here on what one test compiled, the next ones have."""
    with ExitStack() as patches:
        patches.enter_context(mock.patch.dict(Flask.jinja_options, bytecode_cache=Templates()))
        patches.enter_context(mock.patch.object(db, "make_engine", Statements().engine))
        yield


_make_engine = db.make_engine
