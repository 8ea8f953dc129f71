"""The shutdown kit: the programs and words by which certificates are checked when no server is left."""
