"""Importing a roster: the file, whom it would add, change and let leave, the second yes, and taking it back."""
