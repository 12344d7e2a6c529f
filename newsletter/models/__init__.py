from newsletter.models.address_changes import AddressChange, Agreement
from newsletter.models.announcements import Announcement, DeskLanguage
from newsletter.models.audit import AuditEntry
from newsletter.models.changes import Change
from newsletter.models.channels import Bucket, Channel
from newsletter.models.consents import Consent, Wording
from newsletter.models.counts import ReaderDay
from newsletter.models.deliveries import Delivery, DeliveryQuerySet, Slice
from newsletter.models.editions import Edition, Entry, Overtaken, WrongState
from newsletter.models.errata import Erratum
from newsletter.models.events import Callback, DeliveryEvent
from newsletter.models.imports import Import, ImportPiece
from newsletter.models.installation import Installation
from newsletter.models.links import Link, LinkChange
from newsletter.models.newsletters import Newsletter
from newsletter.models.notices import Notice
from newsletter.models.preflight import Override, Visit
from newsletter.models.quotas import Quota
from newsletter.models.renditions import Rendition
from newsletter.models.reports import Report
from newsletter.models.signs import CheckUp, Sign
from newsletter.models.subscribers import Subscriber, Subscription, Suppression
from newsletter.models.supplements import Supplement
from newsletter.models.tastes import Taste
from newsletter.models.testers import Tester

__all__ = [
    "AddressChange",
    "Agreement",
    "Announcement",
    "AuditEntry",
    "Bucket",
    "Callback",
    "Change",
    "Channel",
    "CheckUp",
    "Consent",
    "Delivery",
    "DeliveryEvent",
    "DeliveryQuerySet",
    "DeskLanguage",
    "Edition",
    "Entry",
    "Erratum",
    "Import",
    "ImportPiece",
    "Installation",
    "Link",
    "LinkChange",
    "Newsletter",
    "Notice",
    "Override",
    "Overtaken",
    "Quota",
    "ReaderDay",
    "Rendition",
    "Report",
    "Sign",
    "Slice",
    "Subscriber",
    "Subscription",
    "Supplement",
    "Suppression",
    "Taste",
    "Tester",
    "Visit",
    "Wording",
    "WrongState",
]
