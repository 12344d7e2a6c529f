"""How a mail reads and looks. Pure: nothing is saved, nothing is sent."""

from newsletter.render.clean import ADDRESS_SLOT, UNSUBSCRIBE_URL_SLOT
from newsletter.render.entries import PrintedEntry, printed_entries, printed_entry

__all__ = [
    "ADDRESS_SLOT",
    "UNSUBSCRIBE_URL_SLOT",
    "PrintedEntry",
    "printed_entries",
    "printed_entry",
]
