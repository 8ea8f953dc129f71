"""The district's people: the list, a person's page, adding somebody, roles, leaving and coming back."""

from __future__ import annotations

from flask import Blueprint

people = Blueprint("people", __name__)
