from newsletter.models.channels import Channel
from newsletter.models.deliveries import Delivery, DeliveryQuerySet, Slice
from newsletter.models.editions import Edition, Entry, Rendition, WrongState
from newsletter.models.newsletters import Newsletter
from newsletter.models.subscribers import Subscriber, Subscription, Suppression

__all__ = [
    "Channel",
    "Delivery",
    "DeliveryQuerySet",
    "Edition",
    "Entry",
    "Newsletter",
    "Rendition",
    "Slice",
    "Subscriber",
    "Subscription",
    "Suppression",
    "WrongState",
]
