"""Linked data (JSON-LD 1.1) as far as credentials need it: read into statements, and written in one canonical form.

Written here rather than taken from a library: PyLD drops in silence what its contexts don't define, so that a signature
doesn't cover it; it has no bound on the work that a stranger's file can ask of it; and it brings a parser of web pages
and a network loader along. Only contexts that are bundled here are read, and whatever they don't define is refused.
"""
