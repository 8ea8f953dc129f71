"""pdtracker turns what teachers learn in the open into formal credit that anyone can check."""
