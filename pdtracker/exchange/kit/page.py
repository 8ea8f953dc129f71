"""`verify.html`: one page with everything in it that checks certificates in a browser, without a network."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent

_HEAD: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>Check a certificate</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>Check a certificate</h1>
<p class="soft">This page stands alone: it works without a network, and no file leaves your machine.</p>
<p id="state" role="status">This page needs scripts, which your browser doesn’t run here. verify.py, beside it, does
the same.</p>
<div class="drop" id="drop">
<label for="file">Choose the certificate’s PDF, or drop it here</label>
<input type="file" id="file" accept="application/pdf,.pdf" multiple disabled>
</div>
<div id="answers" aria-live="polite"></div>
<h2>What is checked</h2>
<p>Whether the district’s signature fits the record inside the file; whether the file is, to the last byte, the one that
was issued, so that its page shows what was signed; and whether it was still in force when this page was made.</p>
<p>A photo or a scan can’t be checked here. Look up the code that is printed on it.</p>
</main>
<script type="application/json" id="kit">"""
_TAIL: Final = """</script>
<script>{script}</script>
</body>
</html>
"""


def page(
    keys: dict[str, Any], status: dict[str, Any], pages: Iterable[tuple[str, Iterable[str]]]
) -> Iterator[str]:
    """The page piece by piece; `pages` gives for each district its signed statement as JSON, and its rows."""
    style = (HERE / "verify.css").read_text(encoding="utf-8")
    script = (HERE / "verify.js").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; base-uri 'none';"
        " form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    yield _HEAD.format(policy=policy, style=style)
    yield f'{{"keys":{_json(keys)},"status":{_json(status)},"pages":['
    for place, (signed, rows) in enumerate(pages):
        yield f'{"," if place else ""}{signed.rstrip().removesuffix("}")},"rows":"'
        # Rows are hexadecimal digits, spaces and ends of lines.
        for row in rows:
            yield row.replace("\n", "\\n")
        yield '"}'
    yield "]}"
    yield _TAIL.format(script=script)


def _json(value: object) -> str:
    """Within a script element nothing may end it."""
    return json.dumps(value).replace("<", "\\u003c")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
