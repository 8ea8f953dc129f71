"""Certificate and transcript as PDF: `render(values) -> bytes`, a pure function without clock, session or network."""
