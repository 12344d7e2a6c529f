"""One reader of a slice: as much of them as a mail needs, and no model object."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom one delivery goes to. The address is the subscriber's, as typed."""

    delivery_id: int
    subscription_id: int
    rendition_id: int
    address: str
