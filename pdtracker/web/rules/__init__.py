"""The rules screens: what the district counts by, the regimes of licensing bodies, and how both are changed."""
