"""A reader's address: moving to another one, and the way back to the settings of whoever has lost
the link. As in `newsletter.views.readers`, a page that is opened changes nothing."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter import limits, lost, tasks
from newsletter import move as moves
from newsletter.consent import Origin, read_on_move, words_of_move
from newsletter.forms import AddressForm, MoveForm
from newsletter.links import MOVE_HOURS, BadLink, change_of
from newsletter.models import AddressChange, Agreement, Consent, Subscription
from newsletter.network import network_key
from newsletter.views.readers import for_readers, page, speak_to, token_page, too_many


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: HttpRequest) -> HttpResponse:
    """Where the settings are; whoever has lost them writes an address. The answer is the same
    whatever we know of it."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return page(request, "choices_where", form=form)
    network = network_key(request)
    if not limits.may_ask(network):
        return too_many(request, network)
    lost.mail_links(form.cleaned_data["email"])
    tasks.wake(tasks.send_notices)
    return page(request, "links_sent")


@token_page
@for_readers
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, token: str, subscription: Subscription) -> HttpResponse:
    """The form for another address; its answer is the same whatever we know of that."""
    subscriber = subscription.subscriber
    form = MoveForm(subscriber, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return page(request, "address", form=form, subscriber=subscriber, token=token)
    network = network_key(request)
    if not limits.may_ask(network):
        return too_many(request, network)
    moves.ask_to_move(subscription, form.cleaned_data["email"])
    tasks.wake(tasks.send_notices)
    return page(request, "address_asked", hours=MOVE_HOURS)


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, token: str) -> HttpResponse:
    """One button, at the old address and at the new; when both are pressed, it is done."""
    try:
        change, side = change_of(token)
        speak_to(change.subscription)
        if request.method == "POST":
            network = network_key(request)
            read = read_on_move(side, names(change))
            moves.agree(change, side, Origin(Consent.Source.MAIL, network=network, **read))
            change, side = change_of(token)  # as it is by now, if it still is
    except BadLink:
        return page(request, "dead_move", status=410)
    if change.moved_at:
        return page(request, "moved")
    if not moves.is_open(change):
        return page(request, "dead_move", status=410)
    if change.agreements.filter(side=side).exists():
        return page(request, "agreed")
    new_address = change.email if side == Agreement.Side.OLD else ""
    words = words_of_move(side, names(change))
    return page(request, "move", words=words, new_address=new_address)


def names(change: AddressChange) -> str:
    """Of the newsletters that would move."""
    read = change.subscriber.subscriptions.filter(state=Subscription.State.CONFIRMED)
    return ", ".join(read.order_by("pk").values_list("newsletter__name", flat=True))
