"""The configuration: what the environment sets, and the limits that hold for every installation.

Flask reads this file with `from_pyfile`, and `pdtracker.settings` checks the first part; nothing imports it.
An empty or missing variable takes the default that its comment names.
"""

from os import environ

# The folder of this installation. Default: ./instance
PDTRACKER_INSTANCE = environ.get("PDTRACKER_INSTANCE")
# sqlite:////var/lib/pdtracker/pdtracker.db or postgresql://user:password@host/name. Default: SQLite in the instance
DATABASE_URL = environ.get("DATABASE_URL")
# At least 32 random bytes. Default: made once and kept in the instance for SQLite; PostgreSQL asks for one
SECRET_KEY = environ.get("SECRET_KEY")
# Former keys with commas between, newest first, until what they signed has run out. Default: none
SECRET_KEY_FALLBACKS = environ.get("SECRET_KEY_FALLBACKS")
# The address that people use, such as https://credit.district.example. Default: http://HOST:PORT
BASE_URL = environ.get("BASE_URL")
# Where the server listens. Default: 127.0.0.1 and 8000
HOST = environ.get("HOST")
PORT = environ.get("PORT")
# smtp://user:password@host:587 or smtps://user:password@host:465. Default: mail is written to the instance's folder
SMTP_URL = environ.get("SMTP_URL")
# How many proxies stand in front of the server and may say who called. Default: 0
TRUSTED_PROXIES = environ.get("TRUSTED_PROXIES")
# DEBUG, INFO, WARNING, ERROR or CRITICAL. Default: INFO
LOG_LEVEL = environ.get("LOG_LEVEL")
# file:///var/lib/pdtracker/evidence. Default: a folder of the instance
EVIDENCE_URL = environ.get("EVIDENCE_URL")

# A form of text fits into 2 MB with room to spare; the views that take a file raise it for themselves.
# Flask's limits on form fields act on multipart bodies only, so this is the one that counts.
MAX_CONTENT_LENGTH = 2 * 1024 * 1024
MAX_FORM_MEMORY_SIZE = 500 * 1000
MAX_FORM_PARTS = 200

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_PATH = "/"
