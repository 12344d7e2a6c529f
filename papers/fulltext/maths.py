"""Formulas as one can read them in a line: TeX made plain."""

import re
import unicodedata


def name_of(letter: str) -> str:
    """What TeX calls a Greek letter; blank for one that it has no command for."""
    found = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER ([A-Z]+)", unicodedata.name(letter, ""))
    if found is None:
        return ""
    name = found[2].replace("LAMDA", "LAMBDA").lower()
    return name if found[1] == "SMALL" else name.capitalize()


SIGNS = {
    "times": "×", "cdot": "·", "pm": "±", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥",
    "neq": "≠", "approx": "≈", "sim": "~", "to": "→", "rightarrow": "→", "leftarrow": "←",
    "uparrow": "↑", "downarrow": "↓", "infty": "∞", "in": "∈", "sum": "∑", "prod": "∏",
    "partial": "∂", "nabla": "∇", "ldots": "…", "cdots": "…", "dots": "…", "circ": "°",
    "degree": "°", "percent": "%", "ll": "≪", "gg": "≫", "langle": "⟨", "rangle": "⟩",
    "mid": "|", "ell": "ℓ", "lVert": "‖", "rVert": "‖", "cup": "∪", "cap": "∩", "odot": "⊙",
}  # fmt: skip
GREEK = {  # the letters by their names in TeX, and the other way round
    **{name_of(letter): letter for letter in map(chr, range(0x391, 0x3CA)) if name_of(letter)},
    **{"varepsilon": "ε", "vartheta": "θ", "varphi": "φ"},
}
NAMES = {letter: name for name, letter in GREEK.items() if not name.startswith("var")}
# They say how something looks, and not what.
LOOKS = re.compile(
    r"math(?:rm|bf|it|sf|tt|cal|bb|frak|scr)|text(?:bf|it|rm|tt|sc|sf|style)?|bm|boldsymbol"
    r"|operatorname|(?:display|script)style|hat|bar|tilde|vec|(?:over|under)line|wide(?:hat|tilde)"
    r"|left|right|[bB]ig[glr]?|rm|bf|it|cal|(?:no)?limits|q?quad|(?:footnote|script)size|small"
    r"|emph|[mh]box|ensuremath"
)
FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]{0,200})\}\s*\{([^{}]{0,200})\}")
ROOT = re.compile(r"\\sqrt\s*\{([^{}]{0,200})\}")
SPACE = re.compile(r"\\[,;:!> ]|~|&|\\\\")
COMMAND = re.compile(r"\\([A-Za-z]+)\*? ?")
ESCAPED = re.compile(r"\\([%$#&_{}|])")
LONGEST = 2_000  # characters; a longer one is no formula to read in a line


def plain(tex: str) -> str:
    """A formula without its commands; blank where it is too long to be read."""
    if len(tex) > LONGEST:
        return ""
    text = FRACTION.sub(r"\1/\2", tex)
    text = ROOT.sub(r"√(\1)", text)
    text = ESCAPED.sub(lambda sign: sign[1] if sign[1] not in "{}" else " ", text)
    text = SPACE.sub(" ", text)
    text = COMMAND.sub(lambda command: in_words(command[1]), text)
    return " ".join(text.translate({ord("{"): None, ord("}"): None, ord("$"): None}).split())


def in_words(command: str) -> str:
    if LOOKS.fullmatch(command):
        return ""
    return SIGNS.get(command) or GREEK.get(command) or command
