from newsletter.models.deliveries import Delivery, DeliveryQuerySet
from newsletter.models.editions import Edition, Entry, Rendition, WrongState
from newsletter.models.newsletters import Newsletter
from newsletter.models.subscribers import Subscriber, Subscription, Suppression

__all__ = [
    "Delivery",
    "DeliveryQuerySet",
    "Edition",
    "Entry",
    "Newsletter",
    "Rendition",
    "Subscriber",
    "Subscription",
    "Suppression",
    "WrongState",
]
