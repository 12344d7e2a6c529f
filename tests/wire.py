"""A message as it travels."""

import re
from email import message_from_bytes, policy


def sent(message):
    """The bytes that Django's SMTP backend hands over."""
    return message.message().as_bytes(linesep="\r\n")


def read(message):
    return message_from_bytes(sent(message), policy=policy.default)


def raw_fields(message):
    """Header fields as they travel, each with its folds."""
    head = sent(message).partition(b"\r\n\r\n")[0].decode("ascii")
    fields = re.split(r"\r\n(?![ \t])", head)
    return {name: value.lstrip() for name, _, value in (field.partition(":") for field in fields)}
