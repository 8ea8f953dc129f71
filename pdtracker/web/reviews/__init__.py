"""The review desk: the queue, one claim to decide, decisions for one and for many, their outcomes."""
