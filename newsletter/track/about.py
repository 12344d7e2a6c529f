"""Whom an event is about: the mail that it names, if it went to the address that it tells."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import TypeVar

from django.db.models import Q, QuerySet

from newsletter.message import delivery_of_message_id, notice_of_message_id
from newsletter.models import Delivery, Notice, Subscription
from newsletter.models.channels import a_labels
from newsletter.models.subscribers import address_key
from newsletter.track.said import Said

T = TypeVar("T")
Reader = Callable[[str], int | None]  # of the id that a name of ours proves


@dataclass(frozen=True)
class About:
    """A delivery of an edition, or a small mail; and whose it is."""

    address_key: str
    subscription: Subscription | None
    delivery: Delivery | None = None

    @property
    def confirmed_at(self) -> datetime | None:
        return self.subscription.confirmed_at if self.subscription else None

    @property
    def edition_id(self) -> int | None:
        return self.delivery.edition_id if self.delivery else None


def whom(said: Sequence[Said]) -> dict[Said, About]:
    """Those that are about somebody. A few queries, however many there are."""
    return dict([*deliveries_of(said), *notices_of(said)])


def deliveries_of(said: Sequence[Said]) -> Iterator[tuple[Said, About]]:
    ours = {each: ids_in(each, delivery_of_message_id) for each in said}
    theirs = {each: each.names for each in said if not ours[each]}
    rows = [*rows_with(Q(pk__in=flat(ours.values()))), *rows_named(theirs)]
    by_id = {row.pk: row for row in rows}
    by_name = {(row.provider_message_id, row.address_key): row for row in rows}
    readers = subscriptions_of(rows)
    for each in said:
        found = [by_id.get(key) for key in ours[each]]
        names = product(theirs.get(each, ()), keys_of(each.address))
        for row in [*found, *map(by_name.get, names)]:
            if row and (each.is_bound or row.address_key in keys_of(each.address)):
                yield each, About(row.address_key, readers.get(reader_key(row)), row)
                break


def rows_with(condition: Q) -> QuerySet[Delivery]:
    return Delivery.objects.filter(condition).select_related("edition__newsletter")


def rows_named(theirs: Mapping[Said, Collection[str]]) -> QuerySet[Delivery]:
    """By the provider's id. What is not blank is said, as else PostgreSQL would not see that its
    index serves."""
    names = Q(provider_message_id__in=flat(theirs.values())) & ~Q(provider_message_id="")
    return rows_with(names & Q(address_key__in=flat(keys_of(each.address) for each in theirs)))


def subscriptions_of(deliveries: Iterable[Delivery]) -> dict[tuple[int, int], Subscription]:
    """By subscriber and newsletter; one that became another's is the other."""
    rows = Subscription.objects.filter(subscriber__in={each.subscriber_id for each in deliveries})
    rows = rows.select_related("merged_into")
    return {(row.subscriber_id, row.newsletter_id): row.merged_into or row for row in rows}


def reader_key(delivery: Delivery) -> tuple[int, int]:
    return delivery.subscriber_id, delivery.edition.newsletter.subscribed_id


def notices_of(said: Sequence[Said]) -> Iterator[tuple[Said, About]]:
    named = {each: ids_in(each, notice_of_message_id) for each in said}
    rows = Notice.objects.select_related("subscription").in_bulk(list(flat(named.values())))
    for each, ids in named.items():
        for row in (rows[key] for key in ids if key in rows):
            if each.is_bound or row.address_key in keys_of(each.address):
                yield each, About(row.address_key, row.subscription)
                break


def ids_in(said: Said, read: Reader) -> list[int]:
    """The ids that its names prove."""
    return [key for name in said.names if (key := read(name)) is not None]


def flat(lists: Iterable[Collection[T]]) -> set[T]:
    return {item for items in lists for item in items}


def keys_of(address: str) -> tuple[str, ...]:
    """As it is told, and with its domain in A-labels, as we keep it; none for an event that tells
    no address."""
    if "@" not in address:
        return ()
    local_part, _, domain = address.rpartition("@")
    return address_key(address), address_key(f"{local_part}@{a_labels(domain)}")
