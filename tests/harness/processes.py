"""The application in several processes, as gunicorn serves it in production, that can be killed and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from tests.factories import House
from tests.reviewing_client import ReviewingClient

WORKERS, THREADS = 2, 4


class Processes:
    """gunicorn with two processes on a port of loopback.

    The socket belongs to the test: while the processes are dead or not yet there, callers wait in its queue, and who
    was being served loses the connection, as behind any proxy.
    """

    def __init__(self, house: House, folder: Path) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._socket.getsockname()[1]
        self._folder = folder
        self._environment = {
            **os.environ,
            "DATABASE_URL": house.settings.database_url,
            "SECRET_KEY": house.settings.secret_key,
            "PDTRACKER_INSTANCE": str(folder),
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "LOG_LEVEL": "ERROR",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to serve: one command, nothing else."""
        command = [sys.executable, "-m", "gunicorn", "--workers", str(WORKERS), "--threads", str(THREADS)]
        command += [
            "--worker-class",
            "gthread",
            "--bind",
            f"fd://{self._socket.fileno()}",
            "--no-control-socket",
        ]
        command += ["--log-level", "error", "--timeout", "120", "pdtracker.wsgi:application()"]
        with (self._folder / "gunicorn.log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env=self._environment,
                cwd=Path(__file__).resolve().parents[2],
                stdout=log,
                stderr=log,
                pass_fds=[self._socket.fileno()],
                # A group of its own, which `kill` ends whole and nothing else with it.
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill -9 of the master and its workers at once."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """End everything."""
        self.kill()
        self._socket.close()

    def log(self) -> str:
        """What the processes complained about."""
        return (self._folder / "gunicorn.log").read_text(encoding="utf-8")


class Browser:
    """Somebody's browser, over a real connection: a cookie, the token of its forms, and one request at a time."""

    def __init__(self, port: int, client: ReviewingClient) -> None:
        token = client.csrf_token()  # which puts its other half into the cookie
        kept = client.get_cookie(client.application.config["SESSION_COOKIE_NAME"])
        assert kept is not None
        self._port = port
        self._headers = {
            "Cookie": f"{kept.key}={kept.value}",
            "X-CSRFToken": token,
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def post(self, path: str, fields: dict[str, object]) -> int | None:
        """The status of the answer; `None` when the connection was lost before there was one."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=120)
        try:
            connection.request("POST", path, urlencode(fields, doseq=True), self._headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()
        return answer.status

    def get(self, path: str) -> int | None:
        """The same for a page."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=120)
        try:
            connection.request("GET", path, headers=self._headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()
        return answer.status


@contextmanager
def processes(house: House, folder: Path) -> Iterator[Processes]:
    """The house served by several processes meanwhile."""
    made = Processes(house, folder)
    try:
        made.start()
        yield made
    finally:
        made.close()
