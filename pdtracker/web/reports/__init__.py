"""The reports of a district."""
