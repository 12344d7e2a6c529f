"""What in a sentence of an abstract speaks for the role it plays, and how loudly."""

import re
from collections.abc import Mapping, Sequence
from enum import Enum


class Role(Enum):
    """What a sentence does in its abstract. Of equally loud roles the earlier one wins."""

    BACKGROUND = "what led to the work, and what it may lead to"
    AVAILABILITY = "where to find code and data"
    RESULT = "what came out"
    METHOD = "how it is done"
    CONTRIBUTION = "what is new"


PAPER = r"(?:paper|work|study|report|survey|article)"
MAKE = (
    r"(?:propos|introduc|present|develop|releas|formali[sz]|investigat|stud[yi]|examin|explor|argu"
    r"|revisit|address|buil[dt]|construct|curat|creat|describ|analy[sz]|survey|offer|unveil|ask|aim"
    r"|report|provid|contribut|tackl|design|establish|pioneer|formulat|review|consider|conduct"
    r"|extend|open-?sourc|benchmark|evaluat|devis|put forward|perform|train|show|demonstrat)"
)
SHOW = (
    r"(?:show|demonstrat|indicat|reveal|suggest|verif|confirm|highlight|illustrat|validat|find"
    r"|found|prov(?:e|es|ed|en)\b)"
)
THINGS = r"(?:code|models?|data\w*|weights|demos?|project|website|benchmark|resources?)"

# (how loudly, the cue); a sentence is as loud in a role as all its cues for it together.
CUES: Mapping[Role, Sequence[tuple[int, str]]] = {
    Role.BACKGROUND: [
        (2, r"^(?:recent(?:ly)?|despite|existing|current(?:ly)?|previous|prior|traditional)\b"),
        (2, r"\bremains?\b.*\b(?:challeng|open|unclear|under-?explored|difficult|limited|barrier)"),
        (2, r"^(?:however|yet|while|although|though)\b"),
        (1, r"\b(?:challeng\w+|limit(?:ed|s|ation)\w*|lack\w*|struggl\w+|suffers?|hinder\w*)\b"),
        (4, r"^(?:we|our \w+ will) (?:hope|believe|anticipate|call (?:on|for))\b"),
        (2, r"\b(?:future (?:research|work|progress|studies)|paves? the way)\b"),
    ],
    Role.AVAILABILITY: [
        (9, r"https?://|\bproject (?:web)?(?:page|site)\b|^code\b"),
        (9, rf"\b{THINGS}\b.{{0,80}}\b(?:available|released|open-?sourced|found|accessible)\b"),
        (6, r"\b(?:publicly|openly|freely) available\b"),
        (6, r"^(?:\w+, )?we (?:\w+ )?(?:will )?(?:release|open-?source)\b"),
        (6, rf"\bwe (?:\w+ )?(?:release|open-?source)\b.{{0,40}}\b{THINGS}\b"),
    ],
    Role.RESULT: [
        (4, r"\b(?:experiment|evaluation|result|finding|analys[ei]s|studies)\w*\b"
            rf".{{0,80}}\b{SHOW}"),
        (4, rf"\b(?:we|and|which|also) (?:\w+ )?{SHOW}\w* (?:that|how|:)"),
        (3, rf"\bwe (?:\w+ )?(?:{SHOW}|observe|discover|achieve|obtain)"),
        (2, rf"\b{SHOW}\w* that\b|^this {SHOW}"),
        (3, r"\b(?:outperform|surpass|exceed|superior|on par with|comparable (?:to|with))"),
        (3, r"\b(?:state[- ]of[- ]the[- ]art|sota)(?: \w+)? (?:performance|results?)\b"),
        (3, r"\d\s*(?:\\?%|x\b|times\b|points?\b)|\b(?:faster|slower|speed-?up)\b"),
        (2, r"\b(?:strong|competitive|high(?:er|est)?|best|better) (?:\w+ )?"
            r"(?:performance|accuracy|quality|results?)\b"),
        (2, r"\b(?:achiev\w+|attain\w*|improv(?:es|ed|ing|ements?)|reduc(?:es|ed|ing)|gains?)\b"),
        (2, r"\beffectiveness\b"),
        (1, r"\b(?:significantly|accuracy|benchmarks?|performance|baselines?)\b"),
    ],
    Role.METHOD: [
        (2, r"^(?:specifically|concretely|in particular|first|second|third|then|next)\b"),
        (2, r"\b(?:consists? of|compris\w+|is built|based on|incorporat\w+|integrat\w+)\b"),
        (2, r"\b(?:leverag\w+|employ\w*|utili[sz]\w*|adopt\w*|combin\w+|us(?:es?|ing))\b"),
        (2, r"\b(?:by (?:\w+ly )?\w+ing|trains?|trained|fine-?tun\w+|adapt\w*|optimi[sz]\w+)\b"),
        (1, r"\b(?:modul|architectur|stage|pipelin|framework|mechanism|loss|objectiv|encoder)"),
        (1, r"\b(?:algorithm|strateg|procedur|component|design|dataset)"),
    ],
    Role.CONTRIBUTION: [
        (3, rf"\bwe (?:\w+ ){{0,2}}{MAKE}"),
        (3, rf"\b(?:this|the|our|present) (?:technical )?{PAPER}\b.{{0,40}}\b{MAKE}"),
        (2, rf"\bin this (?:technical )?{PAPER}\b"),
        (2, r"^to (?:address|tackle|overcome|bridge|fill|close|mitigate|solve|this end|remedy)\b"),
        (1, r"\ban? (?:\w+[ -])?(?:novel|new|simple)\b"),
        (1, r"\b(?:novel|the first|new)\b"),
    ],
}  # fmt: skip
LISTENING = {
    role: [(weight, re.compile(cue, re.IGNORECASE)) for weight, cue in cues]
    for role, cues in CUES.items()
}


def loudness(sentence: str, role: Role) -> int:
    """How much in a sentence speaks for a role; 0 is nothing."""
    return sum(weight for weight, cue in LISTENING[role] if cue.search(sentence))
