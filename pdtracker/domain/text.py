"""Text that people type: cleaned to one clear form, or refused with a sentence that says what to take out.

Nothing is escaped here and no letter of any language is lost: `O<Brien` stays `O<Brien`. Whoever writes text
into HTML, a PDF or a spreadsheet escapes it there. What is refused are characters that make text read
differently from what it says (bidirectional controls), that are no text (controls, surrogates, private use),
or that pile up without end.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import SplitResult, urlsplit

from pdtracker.domain.refusals import Mistyped

NAME_CHARACTERS = 120
LINK_CHARACTERS = 2000
REFLECTION_CHARACTERS = 20_000
"""About 3,500 words, ten times the longest honest answer, and nothing that a page or a PDF would choke on."""

_MOST_MARKS = 3
_MOST_MARKS_TO_SORT = 30
_TOO_MANY_MARKS = "One letter carries more than three marks. Type it again with fewer."
_JOINERS = "\u200c\u200d"
# Zero-width characters that nobody types; they come along from web pages, word processors and phones. Dropped
# unasked.
_STOWAWAYS = dict.fromkeys((0x00AD, 0x061C, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF))
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BLANKS = (
    " \t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_WHITE = re.compile(rf"[{_BLANKS}\n\v\f\r\x85\u2028\u2029]+")
_LINE_END = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
# Chinese and Japanese write without spaces: each ideograph and each kana stands for itself.
_IDEOGRAPH = "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_BETWEEN_WORDS = re.compile(rf"[\s\u2013\u2014\u2026/]+|(?={_IDEOGRAPH})|(?<={_IDEOGRAPH})")
_FEWEST_WORDS_TO_COMPARE = 8
# Services have names with an underscore, though hosts should not.
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_LOOK_ALIKE = frozenset({"LATIN", "GREEK", "CYRILLIC"})


def clean_line(text: str, limit: int) -> str:
    """One line: NFC, white space of any kind as single spaces, none at the ends, at most `limit` characters.

    Empty stays empty; whether a field must be filled is the form's question. Raises `Mistyped`.
    """
    _not_far_beyond(text, limit)
    if text.isascii() and text.isprintable():
        # Most names of a roster: nothing in them can be unclear, and each sign looked at would cost seconds.
        return _within(" ".join(text.split()), limit)
    cleaned = _composed(_WHITE.sub(" ", text.translate(_STOWAWAYS)).strip(" "))
    _refuse_unclear(cleaned)
    return _within(cleaned, limit)


def clean_paragraphs(text: str, limit: int) -> str:
    """Paragraphs: NFC, line feeds as line ends, no blanks at line ends, at most one empty line between paragraphs.

    Characters that this Python's Unicode doesn't know yet are kept: they are the newest emoji of a phone.
    Raises `Mistyped`.
    """
    _not_far_beyond(text, limit)
    unified = _LINE_END.sub("\n", text.translate(_STOWAWAYS)).replace("\t", " ")
    lines = "\n".join(line.rstrip(_BLANKS) for line in unified.split("\n"))
    cleaned = _composed(re.sub(r"\n{3,}", "\n\n", lines).strip("\n" + _BLANKS))
    for line in cleaned.split("\n"):
        _refuse_unclear(line, newest=True)
    return _within(cleaned, limit)


def clean_name(text: str) -> str:
    """A person's, school's or district's name as it will stand on certificates; at most 120 characters.

    Letters of every script, with joiners inside a word where the script needs them. Raises `Mistyped`, also
    for a name without any letter.
    """
    cleaned = clean_line(text, NAME_CHARACTERS)
    if not any(map(str.isalpha, cleaned)):
        raise Mistyped("Enter the name, with at least one letter.")
    if not cleaned.isascii():
        _refuse_stray_joiners(cleaned)
    return cleaned


def clean_link(text: str) -> str:
    """An address that begins with http:// or https://, as it was pasted; at most 2,000 characters.

    Empty stays empty. Refused are other schemes, a name and password in the address, spaces, control
    characters, and the signs that programs read differently from one another. Raises `Mistyped`.
    """
    _not_far_beyond(text, LINK_CHARACTERS)
    link = text.strip(" \t\r\n")
    if not link:
        return ""
    if any(sign.isspace() for sign in link):
        raise Mistyped("Paste the address alone: an address has no spaces.")
    if any(sign in '<>"\\`' or not _is_clear(sign) for sign in link):
        raise Mistyped("Take quotation marks, backslashes and hidden characters out of the address.")
    parts = _parts(link)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Mistyped("Paste the whole address. It begins with https://")
    if "@" in parts.netloc:
        raise Mistyped("Take the name and password out of the address, everything before the @.")
    if not _is_host(parts.hostname):
        raise Mistyped(
            "Nothing on the web can have this address. Look at the part before the first single slash."
        )
    if _mixes_alphabets(parts.hostname):
        raise Mistyped("This address mixes letters of two alphabets that look alike. Type it by hand.")
    return _within(link, LINK_CHARACTERS)


def words(text: str) -> int:
    """How many words: `don't` and `well-known` are one each, as is each Chinese or Japanese sign."""
    return len(_words_of(text))


def folded(title: str) -> str:
    """The same for two titles that differ only in case, accents' form, punctuation and spacing."""
    return " ".join(_words_of(unicodedata.normalize("NFKC", title).casefold())) or title.strip()


def likeness(text: str) -> str | None:
    """The same 64 letters for two texts that differ only in case, accents' form, punctuation and spacing.

    `None` for fewer than eight words: "Nothing yet" is an honest answer, and everybody's.
    """
    found = _words_of(unicodedata.normalize("NFKC", text).casefold())
    if len(found) < _FEWEST_WORDS_TO_COMPARE:
        return None
    return hashlib.sha256(" ".join(found).encode("utf-8", "surrogatepass")).hexdigest()


def quoted(title: str) -> str:
    """The title within quotation marks: `\u201cKeynote\u201d`."""
    return f"\N{LEFT DOUBLE QUOTATION MARK}{title}\N{RIGHT DOUBLE QUOTATION MARK}"


def _words_of(text: str) -> list[str]:
    """The words, each reduced to its letters, digits and marks; what holds no letter or digit is no word."""
    parts = _BETWEEN_WORDS.split(text)
    return [
        "".join(sign for sign in part if sign.isalnum() or unicodedata.category(sign).startswith("M"))
        for part in parts
        if any(sign.isalnum() for sign in part)
    ]


def _composed(text: str) -> str:
    # Composing sorts the marks of each letter, and takes seconds for thousands on one: refuse those unsorted.
    marks = 0
    for sign in text:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks > _MOST_MARKS_TO_SORT:
            raise Mistyped(_TOO_MANY_MARKS)
    return unicodedata.normalize("NFC", text)


def _not_far_beyond(text: str, limit: int) -> None:
    # Composing megabytes costs seconds. What is four times too long can't be cleaned to fit.
    if len(text) > 4 * limit:
        raise Mistyped(_too_long(len(text), limit))


def _within(text: str, limit: int) -> str:
    if len(text) > limit:
        raise Mistyped(_too_long(len(text), limit))
    return text


def _too_long(count: int, limit: int) -> str:
    return f"Use at most {limit:,} characters. There are {count:,} now."


def _refuse_unclear(line: str, *, newest: bool = False) -> None:
    """Refuse the first character that isn't clear text, and more than three marks in a row."""
    marks = 0
    for position, sign in enumerate(line):
        if not _is_clear(sign, newest=newest):
            raise Mistyped(_take_out(line, position))
        marks = marks + 1 if unicodedata.category(sign).startswith("M") else 0
        if marks > _MOST_MARKS:
            raise Mistyped(_TOO_MANY_MARKS)


def _is_clear(sign: str, *, newest: bool = False) -> bool:
    if sign in _BIDI_CONTROLS:
        return False
    match unicodedata.category(sign):
        case "Cc" | "Cs" | "Co" | "Zl" | "Zp":
            return False
        case "Cn":
            return newest and not _is_noncharacter(sign)
        case "Cf":
            # Of the invisible ones a single line keeps the joiners; paragraphs keep what flags and scripts
            # are made of.
            return newest or sign in _JOINERS
        case _:
            return True


def _is_noncharacter(sign: str) -> bool:
    return ord(sign) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(sign) <= 0xFDEF


def _take_out(line: str, position: int) -> str:
    """Name the character and the word before it: it can't be seen, so the person must know where to look."""
    number = f"U+{ord(line[position]):04X}"
    before = "".join(sign for sign in line[:position] if _is_clear(sign))[-20:].strip()
    place = f"after \u201c{before}\u201d" if before else "at the beginning"
    return f"There is a hidden character ({number}) {place}. Delete the words around it and type them again."


def _refuse_stray_joiners(name: str) -> None:
    """A joiner shapes the letters on both sides of it; anywhere else it only makes two equal names differ."""
    for position, sign in enumerate(name):
        if sign not in _JOINERS:
            continue
        around = (name[position - 1 : position], name[position + 1 : position + 2])
        if not all(side and unicodedata.category(side)[0] in "LM" for side in around):
            raise Mistyped(_take_out(name, position))


def _is_host(name: str) -> bool:
    """Whether the name servers of the web could know it: a number, or labels of letters, digits and hyphens."""
    if ":" in name:
        # `urlsplit` has looked at the number within the brackets.
        return True
    try:
        ascii_name = name.encode("idna")
        # What can't be read back is no name either: `xn--a`.
        ascii_name.decode("idna")
    except UnicodeError:
        return False
    labels = ascii_name.decode("ascii").removesuffix(".").split(".")
    return all(_LABEL.fullmatch(label) for label in labels)


def _mixes_alphabets(name: str) -> bool:
    """Whether a label has both Latin and other letters that look like them: `p\u0430ypal`."""
    return any(
        len({script for sign in label if (script := unicodedata.name(sign, "").split(" ")[0]) in _LOOK_ALIKE})
        > 1
        for label in name.split(".")
    )


def _parts(link: str) -> SplitResult | None:
    try:
        parts = urlsplit(link)
        # Reading the port checks it.
        _ = parts.port
    except ValueError:
        return None
    return parts
