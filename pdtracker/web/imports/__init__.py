"""Attendance imports: bringing a report, looking at whom it lists, confirming it, undoing it."""
