"""Words of others on a person's terminal: shown as they are, never obeyed."""

import re

# All that moves the cursor, changes colours or turns the direction of writing; and bytes that are
# no characters. Line breaks and tabs are words' own.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(text: str) -> str:
    """The same text with every sign that a terminal would obey written out."""
    plain = text.replace("\r\n", "\n")
    return _OBEYED.sub(lambda sign: sign[0].encode("unicode_escape").decode(), plain)


def line(text: str) -> str:
    """The same on one line: a name may hold line breaks, too."""
    return shown(text).replace("\n", "\\n").replace("\t", "\\t")
