"""`python3 -m pdtracker`: makes sure of the environment, then hands over to the commands.

This file must parse on every Python 3, so that an old one gets a sentence and not a syntax error.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "pdtracker needs Python 3.11 or newer; this is Python %d.%d (%s).\n"
        "Install a newer Python (python.org/downloads, or your system's packages) and run it by its name,\n"
        "for example: python3.12 -m pdtracker" % (sys.version_info[0], sys.version_info[1], sys.executable)
    )

from pdtracker import bootstrap

bootstrap.enter(sys.argv[1:])

from pdtracker.cli import main

sys.exit(main())
