"""What became of a message, told from what the mail backend did: the only thing we act on.

What concerns providers' APIs is in `newsletter.outcome.api`, which is loaded where one is used:
Anymail and requests cost every start of a program a quarter of a second.
"""

from newsletter.outcome.result import Outcome, Result, in_doubt, unwritable
from newsletter.outcome.send import send, send_all
from newsletter.outcome.smtp import enhanced_code, reply_result, smtp_result

__all__ = [
    "Outcome",
    "Result",
    "enhanced_code",
    "in_doubt",
    "reply_result",
    "send",
    "send_all",
    "smtp_result",
    "unwritable",
]
