"""The demo: the calendar of Connected Educator Month, two invented districts, and what their people log and decide."""
