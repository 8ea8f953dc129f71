"""Rosters: files of OneRoster, Clever, Microsoft School Data Sync or a personnel office in; schools and staff out.

`files` takes a ZIP archive apart, `tables` finds columns by their headings, and each format reads its own files into
what `domain.roster` knows. Rows of students and guardians are counted and not looked at, columns of passwords never.
"""
