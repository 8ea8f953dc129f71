"""Settings: each has a default that works or a sentence that names it."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pdtracker.settings import SettingError, Settings, kept_key, load_settings, read_settings

INSTANCE = Path("/srv/pdtracker/instance")
KEY = "k" * 32
POSTGRES = "postgresql://app@db/pdtracker"


def read(**values: object) -> Settings:
    return read_settings(values, INSTANCE, kept=KEY)


def test_nothing_set_gives_a_working_installation_on_loopback() -> None:
    settings = read()
    assert settings == Settings(
        instance=INSTANCE,
        database_url="sqlite:////srv/pdtracker/instance/pdtracker.db",
        secret_key=KEY,
        secret_key_fallbacks=(),
        base_url="http://127.0.0.1:8000",
        host="127.0.0.1",
        port=8000,
        smtp_url=None,
        trusted_proxies=0,
        log_level="INFO",
        evidence=INSTANCE / "evidence",
    )
    assert settings.is_sqlite
    assert settings.mail_folder == INSTANCE / "mail"


def test_an_empty_variable_is_an_unset_one() -> None:
    names = (
        "DATABASE_URL",
        "SECRET_KEY",
        "BASE_URL",
        "HOST",
        "PORT",
        "SMTP_URL",
        "LOG_LEVEL",
        "EVIDENCE_URL",
    )
    assert read(**dict.fromkeys(names, "")) == read()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://db/pdtracker"),
        ("DATABASE_URL", "pdtracker.db"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("SECRET_KEY", "k" * 31),
        ("SECRET_KEY_FALLBACKS", f"{KEY},short"),
        ("PORT", "http"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "٨٠٠٠"),
        ("PORT", "8_000"),
        ("BASE_URL", "credit.district.example"),
        ("BASE_URL", "ftp://credit.district.example"),
        ("BASE_URL", "https://credit.district.example/path"),
        ("BASE_URL", "https://user@credit.district.example"),
        ("BASE_URL", "https://credit.district.example:port"),
        ("BASE_URL", "https://[credit"),
        ("SMTP_URL", "mail.example"),
        ("SMTP_URL", "http://mail.example"),
        ("SMTP_URL", "smtp://mail.example:mail"),
        ("TRUSTED_PROXIES", "10.0.0.0/8"),
        ("TRUSTED_PROXIES", "6"),
        ("TRUSTED_PROXIES", "-1"),
        ("LOG_LEVEL", "LOUD"),
        ("EVIDENCE_URL", "s3://bucket"),
        ("EVIDENCE_URL", "evidence"),
        ("EVIDENCE_URL", "file://server/evidence"),
    ],
)
def test_a_bad_value_is_refused_with_one_sentence_that_names_it(name: str, value: str) -> None:
    with pytest.raises(SettingError) as refused:
        read(**{name: value})
    assert refused.value.name == name
    assert str(refused.value).startswith(f"{name} ")
    assert "\n" not in str(refused.value)


def test_a_secret_is_not_repeated_in_the_sentence() -> None:
    with pytest.raises(SettingError) as refused:
        read(SECRET_KEY="hunter2")
    assert "hunter2" not in str(refused.value)


def test_postgresql_asks_for_a_key_that_all_processes_share() -> None:
    with pytest.raises(SettingError, match=r"^SECRET_KEY is missing"):
        read_settings({"DATABASE_URL": POSTGRES}, INSTANCE, kept=KEY)


def test_the_scheme_of_hosting_services_is_understood() -> None:
    settings = read(DATABASE_URL="postgres://app@db/pdtracker", SECRET_KEY=KEY)
    assert settings.database_url == POSTGRES
    assert not settings.is_sqlite


def test_former_keys_are_believed_in_their_order() -> None:
    settings = read(SECRET_KEY_FALLBACKS=f"{'a' * 32}, {'b' * 32}")
    assert settings.secret_key_fallbacks == ("a" * 32, "b" * 32)


@pytest.mark.parametrize(("host", "expected"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]")])
def test_the_default_address_can_be_opened_in_a_browser(host: str, expected: str) -> None:
    assert read(HOST=host, PORT=80).base_url == f"http://{expected}:80"


@pytest.mark.parametrize(
    ("url", "cookie", "secure"),
    [("http://127.0.0.1:8000", "pd", False), ("https://credit.example", "__Host-pd", True)],
)
def test_the_cookie_is_bound_to_the_host_wherever_the_site_is_encrypted(
    url: str, cookie: str, secure: bool
) -> None:
    flask = read(BASE_URL=url).for_flask()
    assert (flask["SESSION_COOKIE_NAME"], flask["SESSION_COOKIE_SECURE"]) == (cookie, secure)


def test_evidence_can_be_kept_in_another_folder() -> None:
    assert read(EVIDENCE_URL="file:///var/lib/evidence%20of%202014").evidence == Path(
        "/var/lib/evidence of 2014"
    )


def test_the_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(kept_key, [instance] * 8))
    assert len(keys) == 1
    assert len(keys.pop()) == 64
    assert [file.name for file in instance.iterdir()] == ["secret-key"]
    assert stat.S_IMODE((instance / "secret-key").stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingError, match="PDTRACKER_INSTANCE names"):
        kept_key(tmp_path / "file" / "instance")


def test_the_environment_is_read_through_the_configuration_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PDTRACKER_INSTANCE", "elsewhere")
    monkeypatch.setenv("PORT", "8123")
    for name in ("DATABASE_URL", "SECRET_KEY", "BASE_URL", "HOST"):
        monkeypatch.delenv(name, raising=False)
    settings = load_settings(tmp_path)
    assert settings.instance == tmp_path / "elsewhere"
    assert settings.base_url == "http://127.0.0.1:8123"
    assert settings.secret_key == kept_key(settings.instance)
    assert load_settings(tmp_path) == settings


def test_a_missing_driver_is_told_before_anything_connects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", POSTGRES)
    monkeypatch.setenv("SECRET_KEY", KEY)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SettingError, match=r"^DATABASE_URL names PostgreSQL, whose driver is not installed"):
        load_settings(tmp_path)
