"""Rosters as the systems export them, small: files by name, for tests that read and import them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date

from openpyxl import Workbook

from pdtracker.domain.roster import Roster
from pdtracker.exchange.roster.files import files_of
from pdtracker.exchange.roster.hr import Headings
from pdtracker.exchange.roster.reading import read_roster

ON = date(2026, 11, 30)

ORGS = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId"
USERS_11 = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
    "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password"
)
USERS_12 = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,"
    "sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,primaryOrgSourcedId,pronouns"
)
ROLES_12 = (
    "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfile"
)
SCHOOLS = (
    "org-1,,,Maplewood,district,,",
    "org-110,,,Lincoln Middle School,school,,org-1",
    "org-120,,,Adams,school,,",
)


def lines(*rows: str) -> bytes:
    """Rows as a file of bytes, with the line ends of Windows."""
    return "\r\n".join([*rows, ""]).encode()


def manifest(version: str, mode: str = "bulk") -> bytes:
    """The manifest of a OneRoster export."""
    return lines(
        "propertyName,value",
        "manifest.version,1.0",
        f"oneroster.version,{version}",
        f"file.users,{mode}",
        f"file.orgs,{mode}",
    )


def teacher(
    key: str, given: str, family: str, orgs: str = "org-110", role: str = "teacher", status: str = ""
) -> str:
    """A row of users.csv in 1.1."""
    email = f"{given}.{family}@Maplewood.example".replace(" ", "") if role != "student" else ""
    return (
        f'{key},{status},,true,"{orgs}",{role},{given}{key},"{{SIS:{key}}},{{LDAP:x}}",{given},{family},,'
        f"00{key[1:]},{email},,,,,secret{key}"
    )


def user(key: str, given: str, family: str, status: str = "", email: str | None = None) -> str:
    """A row of users.csv in 1.2."""
    told = f"{given}.{family}@maplewood.example" if email is None else email
    return f"{key},{status},,true,{given},{{SIS:{key}}},{given},{family},,,{told},,,,,secret,,{given}y,,"


def role(key: str, word: str, org: str, kind: str = "primary", status: str = "", ends: str = "") -> str:
    """A row of roles.csv in 1.2."""
    return f"r-{key}-{org},{status},,{key},{kind},{word},2026-08-17,{ends},{org},"


def oneroster_11(*users: str, mode: str = "bulk", orgs: tuple[str, ...] = SCHOOLS) -> dict[str, bytes]:
    """A OneRoster 1.1 export."""
    return {
        "manifest.csv": manifest("1.1", mode),
        "orgs.csv": lines(ORGS, *orgs),
        "users.csv": lines(USERS_11, *users),
    }


def oneroster_12(users: tuple[str, ...], roles: tuple[str, ...], mode: str = "bulk") -> dict[str, bytes]:
    """A OneRoster 1.2 export."""
    return {
        "manifest.csv": manifest("1.2", mode),
        "orgs.csv": lines(ORGS, *SCHOOLS),
        "users.csv": b"\xef\xbb\xbf" + lines(USERS_12, *users),
        "roles.csv": lines(ROLES_12, *roles),
    }


def zipped(files: Mapping[str, bytes], folder: str = "") -> bytes:
    """The files packed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(folder + name, data)
    return packed.getvalue()


def read(files: Mapping[str, bytes], chosen: Headings | None = None) -> Roster:
    """What the files say on the day of these tests."""
    return read_roster(files, ON, chosen)


def read_packed(data: bytes, name: str = "roster.zip") -> Roster:
    """What an archive or a single file says."""
    return read_roster(files_of(data, name), ON)


def workbook(*rows: tuple[object, ...]) -> bytes:
    """Rows as an Excel file."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
