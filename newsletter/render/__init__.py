"""How a mail reads and looks. Pure: nothing is saved, nothing is sent."""

from newsletter.render.edition import render_edition, render_welcome
from newsletter.render.entries import PrintedEntry, matters_of, printed_entries, printed_entry
from newsletter.render.mail import render_mail
from newsletter.render.sent import what_readers_get

__all__ = [
    "PrintedEntry",
    "matters_of",
    "printed_entries",
    "printed_entry",
    "render_edition",
    "render_mail",
    "render_welcome",
    "what_readers_get",
]
