"""Foreign formats, both ways: bytes in, values out, and back. Nothing here knows the database or the web."""
