"""Calendars that others publish (iCalendar, RFC 5545): bytes in, the occurrences of their events out.

Bytes become content lines and components (`lines`), a component becomes an event with its times in a zone (`events`,
`zones`), a series is expanded within two days under a budget (`series`), and `calendar` puts it together.
"""
