"""Signs in a text that a reader cannot see, or takes for others: named, so that a message can show them."""

import unicodedata

INVISIBLE = ("Cf", "Zs", "Zl", "Zp")  # Unicode's categories of formats and separators
LOOKALIKES = str.maketrans("−–—‐‑‚‘’“”„«»∶：，．％", '-----,\'\'"""""::,.%')
MOST_NAMED = 3


def is_invisible(sign: str) -> bool:
    """Tell whether a sign leaves no mark, or looks like a space without being one."""
    return sign != " " and unicodedata.category(sign) in INVISIBLE


def invisible(text: str) -> str:
    """Select the invisible signs of a text, each once."""
    if text.isascii():
        return ""
    return "".join(dict.fromkeys(sign for sign in text if is_invisible(sign)))


def foreign(text: str) -> str:
    """Select the signs of a text that are not ASCII, each once.

    In names, codes and numbers they stand for others.
    """
    return "".join(dict.fromkeys(sign for sign in text if not sign.isascii()))


def named_signs(signs: str) -> str:
    """Name signs as a message does: `no-break space (U+00A0)`."""
    names = [f"{_name(sign)} (U+{ord(sign):04X})" for sign in signs[:MOST_NAMED]]
    more = f" and {len(signs) - MOST_NAMED} more" if len(signs) > MOST_NAMED else ""
    return ", ".join(names) + more


def _name(sign: str) -> str:
    visible = f"{sign} " if sign.isprintable() and not sign.isspace() else ""
    return visible + unicodedata.name(sign, "a sign without a name").lower()


def plainer(text: str) -> str:
    """Write a text with the plain signs that its own look like.

    Invisible signs are left out, odd spaces are spaces.
    """
    if text.isascii():
        return text.strip()
    spaced = "".join(
        " " if unicodedata.category(sign) in ("Zs", "Zl", "Zp") else "" if is_invisible(sign) else sign for sign in text
    )
    return unicodedata.normalize("NFKC", spaced.translate(LOOKALIKES)).strip()
