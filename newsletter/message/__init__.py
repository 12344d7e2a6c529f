"""The messages that leave: which headers they carry, and that two attempts differ in no byte."""

from newsletter.message.cut import CutMessage, cut_message
from newsletter.message.fields import NotFrozen, personal_headers, shared_headers
from newsletter.message.fixed import FixedMessage
from newsletter.message.mail import edition_message, notice_mail, reader_mail, small_mail
from newsletter.message.message_id import delivery_of_message_id, notice_of_message_id

__all__ = [
    "CutMessage",
    "FixedMessage",
    "NotFrozen",
    "cut_message",
    "delivery_of_message_id",
    "edition_message",
    "notice_mail",
    "notice_of_message_id",
    "personal_headers",
    "reader_mail",
    "shared_headers",
    "small_mail",
]
