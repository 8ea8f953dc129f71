"""Serves an application on loopback for tests that need real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.types import WSGIApplication

from waitress import wasyncore
from waitress.server import create_server


@contextmanager
def serving(application: WSGIApplication, threads: int = 4) -> Iterator[str]:
    """The address (`http://127.0.0.1:<port>`) under which the application answers meanwhile."""
    server = create_server(application, host="127.0.0.1", port=0, threads=threads)
    enough = threading.Event()

    def run() -> None:
        # Not server.run(): it goes on for as long as a browser keeps a connection open.
        while not enough.is_set():
            wasyncore.loop(timeout=0.05, map=server._map, count=1)
        server.task_dispatcher.shutdown()
        wasyncore.close_all(server._map)

    thread = threading.Thread(target=run, name="serving", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        enough.set()
        thread.join()
