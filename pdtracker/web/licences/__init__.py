"""Licences: where one stands with each, keeping them, and what is signed about them."""
