"""How a mail reads and looks. Pure: nothing is saved, nothing is sent."""

from newsletter.render.clean import ADDRESS_SLOT, UNSUBSCRIBE_URL_SLOT
from newsletter.render.edition import render_edition
from newsletter.render.entries import PrintedEntry, printed_entries, printed_entry
from newsletter.render.mail import Rendered, render_mail

__all__ = [
    "ADDRESS_SLOT",
    "UNSUBSCRIBE_URL_SLOT",
    "PrintedEntry",
    "Rendered",
    "printed_entries",
    "printed_entry",
    "render_edition",
    "render_mail",
]
