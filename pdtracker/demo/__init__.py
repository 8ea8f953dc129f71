"""The demo: Connected Educator Month, two invented districts, and what their people log and decide."""
