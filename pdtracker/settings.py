"""What an operator sets: the environment's values, checked once at the start, each bad one told by its name.

The names are those of `config.py`, which the README lists. Reading them is a pure function of the values and two
folders; only `load_settings` touches the machine.
"""

from __future__ import annotations

import importlib.util
import os
import re
import runpy
import secrets
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from pdtracker.resources import resource

SHORTEST_KEY_BYTES = 32
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
MOST_PROXIES = 5
KEY_FILE = "secret-key"


class SettingError(Exception):
    """A setting can't be used as it is; the message is one sentence that names it."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(f"{name} {sentence}")
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One installation's settings, all of them usable."""

    instance: Path
    """The folder of this installation: the SQLite database, evidence, mail, the kept key."""
    database_url: str
    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    """Former keys, newest first: what they signed is still believed."""
    base_url: str
    """The address that people reach the site under, without a closing slash; links in mail and on paper use it."""
    host: str
    port: int
    """0 lets the system choose a free one."""
    smtp_url: str | None
    """`None`: mail is written to the folder `mail` of the instance."""
    trusted_proxies: int
    """How many proxies stand in front and may say who called; 0 believes nobody."""
    log_level: str
    evidence: Path
    """The folder in which evidence is kept."""

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url.startswith("sqlite")

    @property
    def mail_folder(self) -> Path:
        """Where mail is written when no SMTP server is set."""
        return self.instance / "mail"

    def for_flask(self) -> dict[str, object]:
        """What Flask itself wants to know, beside the fixed limits of `config.py`."""
        encrypted = self.base_url.startswith("https://")
        return {
            "SECRET_KEY": self.secret_key,
            "SECRET_KEY_FALLBACKS": list(self.secret_key_fallbacks),
            # The prefix binds the cookie to this host, and browsers accept it over https only.
            "SESSION_COOKIE_NAME": "__Host-pd" if encrypted else "pd",
            "SESSION_COOKIE_SECURE": encrypted,
            "PREFERRED_URL_SCHEME": urlsplit(self.base_url).scheme,
        }


def load_settings(folder: Path | None = None) -> Settings:
    """The settings of this process: `config.py`, which reads the environment, checked and completed.

    `folder` is where a relative `./instance` stands (the working directory when not told). For SQLite a missing
    SECRET_KEY is made once and kept in the instance folder, readable by its owner only.
    """
    values = runpy.run_path(str(resource("config.py")))
    named = {name: value for name, value in values.items() if name.isupper()}
    instance = instance_folder(named, folder or Path.cwd())
    kept = None
    if not _text(named, "SECRET_KEY") and _database_url(named, instance).startswith("sqlite"):
        kept = kept_key(instance)
    settings = read_settings(named, instance, kept)
    if not settings.is_sqlite and importlib.util.find_spec("psycopg") is None:
        raise SettingError(
            "DATABASE_URL",
            "names PostgreSQL, whose driver is not installed here; "
            f"install it with: {sys.executable} -m pip install --require-hashes -r requirements-server.txt",
        )
    return settings


def is_installed(folder: Path | None = None) -> bool:
    """Whether an installation is set up for this process. Makes nothing, unlike `load_settings`.

    A database on a server counts as one; for SQLite its file has to be there.
    """
    values = runpy.run_path(str(resource("config.py")))
    named = {name: value for name, value in values.items() if name.isupper()}
    url = _database_url(named, instance_folder(named, folder or Path.cwd()))
    return not url.startswith("sqlite") or Path(url.partition("///")[2].partition("?")[0]).is_file()


def instance_folder(values: Mapping[str, object], folder: Path) -> Path:
    """The absolute folder of the installation: PDTRACKER_INSTANCE, or `instance` within `folder`."""
    told = _text(values, "PDTRACKER_INSTANCE")
    return (folder / Path(told or "instance").expanduser()).resolve()


def kept_key(instance: Path) -> str:
    """The key that the installation keeps for itself, made at the first call; two at once get the same one."""
    file = instance / KEY_FILE
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            made = instance / f".{KEY_FILE}.{secrets.token_hex(8)}"
            made.touch(mode=stat.S_IRUSR | stat.S_IWUSR)
            made.write_text(secrets.token_hex(SHORTEST_KEY_BYTES), encoding="ascii")
            try:
                # A link either makes the whole file appear or fails because another process was first.
                os.link(made, file)
            except FileExistsError:
                pass
            finally:
                made.unlink()
        return file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SettingError(
            "PDTRACKER_INSTANCE",
            f"names {instance}, where nothing can be written ({error.strerror}): choose a folder of yours.",
        ) from error


def read_settings(values: Mapping[str, object], instance: Path, kept: str | None = None) -> Settings:
    """The settings that `values` (the names of `config.py`) amount to; `kept` is the instance's own key.

    Raises SettingError with one sentence for the first value that can't be used.
    """
    database_url = _database_url(values, instance)
    host = _text(values, "HOST") or "127.0.0.1"
    port = _port(values)
    return Settings(
        instance=instance,
        database_url=database_url,
        secret_key=_secret_key(values, database_url, kept),
        secret_key_fallbacks=_fallbacks(values),
        base_url=_base_url(values, host, port),
        host=host,
        port=port,
        smtp_url=_smtp_url(values),
        trusted_proxies=_trusted_proxies(values),
        log_level=_log_level(values),
        evidence=_evidence(values, instance),
    )


def _text(values: Mapping[str, object], name: str) -> str:
    """An empty variable is an unset one: `SMTP_URL= pdtracker serve` takes the default."""
    value = values.get(name)
    return "" if value is None else str(value).strip()


def _database_url(values: Mapping[str, object], instance: Path) -> str:
    url = _text(values, "DATABASE_URL")
    if not url:
        return f"sqlite:///{(instance / 'pdtracker.db').as_posix()}"
    # Several hosting services still hand out the scheme that libpq understands but SQLAlchemy doesn't.
    url = re.sub(r"^postgres://", "postgresql://", url)
    scheme, colon, rest = url.partition("://")
    if not colon or scheme.partition("+")[0] not in ("sqlite", "postgresql"):
        raise SettingError(
            "DATABASE_URL", "has to begin with sqlite:/// (and a file) or postgresql:// (and a server)."
        )
    if scheme.startswith("sqlite") and rest.strip("/") in ("", ":memory:"):
        raise SettingError("DATABASE_URL", "names no file: what a database in memory keeps would be lost.")
    return url


def _secret_key(values: Mapping[str, object], database_url: str, kept: str | None) -> str:
    key = _text(values, "SECRET_KEY")
    if not key and kept and database_url.startswith("sqlite"):
        key = kept
    advice = 'make one with: python3 -c "import secrets; print(secrets.token_hex(32))"'
    if not key:
        raise SettingError(
            "SECRET_KEY",
            f"is missing: every web process and worker needs the same one on PostgreSQL; {advice}",
        )
    if len(key.encode()) < SHORTEST_KEY_BYTES:
        raise SettingError("SECRET_KEY", f"is shorter than {SHORTEST_KEY_BYTES} bytes; {advice}")
    return key


def _fallbacks(values: Mapping[str, object]) -> tuple[str, ...]:
    keys = tuple(_text(values, "SECRET_KEY_FALLBACKS").replace(",", " ").split())
    if any(len(key.encode()) < SHORTEST_KEY_BYTES for key in keys):
        raise SettingError(
            "SECRET_KEY_FALLBACKS",
            f"holds a key that is shorter than {SHORTEST_KEY_BYTES} bytes: list former keys with commas between.",
        )
    return keys


def _port(values: Mapping[str, object]) -> int:
    text = _text(values, "PORT") or "8000"
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > 65535:
        raise SettingError("PORT", f"is {text!r}: it has to be a number from 0 to 65535.")
    return int(text)


def _base_url(values: Mapping[str, object], host: str, port: int) -> str:
    url = _text(values, "BASE_URL").rstrip("/")
    if not url:
        reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - nothing is bound here
        return f"http://{f'[{reachable}]' if ':' in reachable else reachable}:{port}"
    sentence = f"is {url!r}: it has to be the site's address, such as https://credit.district.example."
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise SettingError("BASE_URL", sentence) from error
    unwanted = parts.path or parts.query or parts.fragment or parts.username
    if parts.scheme not in ("http", "https") or not parts.hostname or unwanted or re.search(r"\s", url):
        raise SettingError("BASE_URL", sentence)
    return url


def _smtp_url(values: Mapping[str, object]) -> str | None:
    url = _text(values, "SMTP_URL")
    if not url:
        return None
    sentence = "has to look like smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465."
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise SettingError("SMTP_URL", sentence) from error
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise SettingError("SMTP_URL", sentence)
    return url


def _trusted_proxies(values: Mapping[str, object]) -> int:
    text = _text(values, "TRUSTED_PROXIES") or "0"
    if not re.fullmatch(r"[0-9]", text) or int(text) > MOST_PROXIES:
        raise SettingError(
            "TRUSTED_PROXIES",
            f"is {text!r}: it is how many proxies stand in front of the server, 0 to {MOST_PROXIES}.",
        )
    return int(text)


def _log_level(values: Mapping[str, object]) -> str:
    level = (_text(values, "LOG_LEVEL") or "INFO").upper()
    if level not in LOG_LEVELS:
        raise SettingError("LOG_LEVEL", f"is {level!r}: it has to be one of {', '.join(LOG_LEVELS)}.")
    return level


def _evidence(values: Mapping[str, object], instance: Path) -> Path:
    url = _text(values, "EVIDENCE_URL")
    if not url:
        return instance / "evidence"
    parts = urlsplit(url)
    path = Path(url2pathname(parts.path))
    if parts.scheme != "file" or parts.netloc or not path.is_absolute():
        raise SettingError(
            "EVIDENCE_URL", "has to name a folder of this machine, such as file:///var/lib/evidence."
        )
    return path
