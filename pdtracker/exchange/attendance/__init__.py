"""Attendance reports: bytes of Zoom, Teams, Meet and the rest in; who was there, and for how long, out.

Bytes become text (`text`, `workbook`), text becomes rows (`sheet`), a format finds its heading (`formats`) and gives
entries in the report's own words (`entries`); `clock` reads their times by one order of day and month for the whole
file, and `report` unites what it says of each person.
"""
