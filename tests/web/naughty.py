"""Bytes that people, their phones, their clipboards and their enemies put into fields; each once broke a site."""

from __future__ import annotations

from collections.abc import Mapping


def _text(*texts: str) -> list[bytes]:
    return [text.encode() for text in texts]


PROBE = "probe"
"""The name of the element and attribute that appears in a page when markup that was typed into a field gets through."""

WORST: list[bytes] = [
    *_text(
        "<script>alert(1)</script>",
        f'"><{PROBE} on{PROBE}=alert(1)>',
        f"' on{PROBE}='alert(1)' x='",
        "</textarea></title></script><script>alert(1)</script>",
        'O<Brien & Søn\'s "best" <img src=/etc/passwd>',
        "{{7*7}}${7*7}<%=7*7%>#{7*7}{%raw%}",
        "'; DROP TABLE claim; --",
        "nul\0nul",
        "\u202eevil\u202c txt.exe",
        "x" * 200_000,
    ),
    b"\xff\xfe\xc0\xaf",
]
"""Every field gets each of these."""

OTHERS: list[bytes] = [
    *_text(
        # Nothing, and what looks like it.
        "",
        " ",
        "\t\r\n",
        "\u00a0\u2003\u3000",
        "\u200b\u200c\u200d\ufeff",
        "null",
        "undefined",
        "None",
        "true",
        "[object Object]",
        # Numbers that are none, and too many.
        "NaN",
        "-Infinity",
        "1e400",
        "sNaN",
        "1_0",
        "٣",
        "１２",
        "-1",
        "0x10",
        "9" * 5_000,
        "3.999999999999999999",
        "0",
        # Days and moments that aren't any.
        "2014-02-30",
        "0000-00-00T00:00",
        "99999-12-31T25:61",
        "2014-W42-1",
        "2014-10-14T16:00:00+99:99",
        "0001-01-01T00:00",
        "9999-12-31T23:59",
        # Letters.
        "Ω≈ç√∫˜µ≤≥÷",
        "مرحبا بالعالم",
        "שלום ABC עולם",
        "田中さんにあげて下さい",
        "👩🏽‍🏫👨‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘",
        "İıſßẞﬀ",
        "e\u0301 é",
        "\u2028line\u2029paragraph",
        "\ue000\U000f0000",
        "\x7f\x1b[31mred\x1b[0m\x08",
        "\u2066isolated\u2069 \u200fmark",
        # For other languages than HTML.
        "=1+1+cmd|' /C calc'!A0",
        "+1234",
        "@SUM(1)",
        "%00%0d%0aSet-Cookie:%20x=1",
        "x\r\nSet-Cookie: x=1\r\n\r\n<html>",
        "%s%n%x{0}{a.__class__}",
        "../../../../etc/passwd",
        "C:\\Windows\\System32\\cmd.exe",
        "$(sleep 9)`sleep 9`|sleep 9",
        "1' OR '1'='1' UNION SELECT 1,2,3--",
        "%' OR 1=1 --",
        "_%_%_%_%_%",
        "\\",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "//evil.example/",
        "http://user:password@127.0.0.1:22/",
        "(a+)+$" * 40,
        '{"a":' * 2_000,
        "__proto__",
        "A" * 300,
    ),
    # Halves of a pair, an overlong slash, a cut sequence, beyond Unicode.
    b"half \xed\xa0\x80 pair",
    b"\xc0\xaf..\xe0\x80\xaf",
    b"cut \xe2\x82",
    b"\xf4\x90\x80\x80",
    b"\x80\x81\x82",
]
"""Fields share these: each field gets a part, all fields together every one."""

HEADERS: Mapping[str, str] = {
    "User-Agent": "<script>alert(1)</script>\u00e9{{7*7}}" + "x" * 2_000,
    "Referer": "javascript:alert(1)",
    "Accept": "text/html;q=banana, */*;q=-1, ;;;",
    "Accept-Language": "*" * 1_000,
    "If-None-Match": 'W/"\\", *',
    "If-Modified-Since": "the day before yesterday",
    "Range": "bytes=9999999999-0,-1",
    "Cookie": "pd=.eJx; pd=\u00e9; \x01",
    "X-Forwarded-For": "127.0.0.1, <script>",
    "X-CSRFToken": "\u00e9",
    "Origin": "null",
    "Content-Type": "multipart/form-data; boundary=",
}
"""Header fields as browsers never send them."""
