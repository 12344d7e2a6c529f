from newsletter.models.address_changes import AddressChange, Agreement
from newsletter.models.announcements import Announcement, DeskLanguage
from newsletter.models.changes import Change
from newsletter.models.channels import Bucket, Channel
from newsletter.models.consents import Consent, Wording
from newsletter.models.deliveries import Delivery, DeliveryQuerySet, Slice
from newsletter.models.editions import Edition, Entry, Rendition, WrongState
from newsletter.models.events import Callback, DeliveryEvent
from newsletter.models.imports import Import, ImportPiece
from newsletter.models.installation import Installation
from newsletter.models.newsletters import Newsletter
from newsletter.models.notices import Notice
from newsletter.models.preflight import Override, Visit
from newsletter.models.quotas import Quota
from newsletter.models.subscribers import Subscriber, Subscription, Suppression
from newsletter.models.tastes import Taste
from newsletter.models.testers import Tester

__all__ = [
    "AddressChange",
    "Agreement",
    "Announcement",
    "Bucket",
    "Callback",
    "Change",
    "Channel",
    "Consent",
    "Delivery",
    "DeliveryEvent",
    "DeliveryQuerySet",
    "DeskLanguage",
    "Edition",
    "Entry",
    "Import",
    "ImportPiece",
    "Installation",
    "Newsletter",
    "Notice",
    "Override",
    "Quota",
    "Rendition",
    "Slice",
    "Subscriber",
    "Subscription",
    "Suppression",
    "Taste",
    "Tester",
    "Visit",
    "Wording",
    "WrongState",
]
