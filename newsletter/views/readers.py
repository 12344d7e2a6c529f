"""What links in mails open: confirm, choose, unsubscribe. A page that is opened changes nothing.

None of these needs a session or a cookie: what a token allows, whoever holds the mail may do, and
mail providers press the one-click button without any (RFC 8058). So there is no CSRF to protect
from, and the exemption keeps the public pages free of cookies.
"""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import activate
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from newsletter import limits, links, tasks
from newsletter import subscribe as moves
from newsletter.consent import Origin, read_on_confirmation, words_of_confirmation
from newsletter.forms import ChoicesForm, SubscribeForm
from newsletter.known import erase, known_of
from newsletter.models import Consent, Newsletter, Subscription
from newsletter.morning import next_at
from newsletter.network import network_key

PAUSES = ("0", "7", "30")  # days

View = Callable[[HttpRequest, str], HttpResponse]
ReadersView = Callable[[HttpRequest, str, Subscription], HttpResponse]


def token_page(view: View) -> View:
    """Kept out of caches, search engines and Referer headers: its address opens a subscription."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, token)
        add_never_cache_headers(response)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return answer


def for_readers(view: ReadersView) -> View:
    """Give it the subscription; whoever is no reader any more is offered the way back."""

    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        subscription = reader_of(token)
        if subscription.state != Subscription.State.CONFIRMED:
            return left(request, subscription)
        return view(request, token, subscription)

    return answer


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """One button; pressing it confirms. A link that no longer does offers the form again."""
    try:
        subscription = links.subscription_of("confirm", token)
    except links.BadLink:
        return dead_link(request, Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG))
    speak_to(subscription)
    if request.method == "POST":
        read = read_on_confirmation(subscription.newsletter)
        origin = Origin(Consent.Source.MAIL, network=network_key(request), **read)
        moves.confirm(subscription, origin)
        tasks.wake(tasks.send_notices)
    if subscription.state == Subscription.State.CONFIRMED:
        first_at = next_at(subscription, timezone.now())
        return page(request, "confirmed", newsletter=subscription.newsletter, first_at=first_at)
    if moves.can_be_confirmed(subscription):
        return page(request, "confirm", words=words_of_confirmation(subscription.newsletter))
    return dead_link(request, subscription.newsletter)


def dead_link(request: HttpRequest, newsletter: Newsletter) -> HttpResponse:
    return page(request, "dead_link", status=410, form=SubscribeForm(newsletter))


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """One button. A POST is all it takes, from the reader or their mail provider, any number.

    Beside it are the ways to get less, which are addresses of their own: nothing that a mail
    provider adds to its POST can turn leaving into something else.
    """
    subscription = reader_of(token)
    if request.method == "POST":
        moves.unsubscribe(subscription)
    if subscription.state == Subscription.State.UNSUBSCRIBED:
        return left(request, subscription)
    return page(request, "unsubscribe", newsletter=subscription.newsletter, token=token)


@token_page
@for_readers
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest, token: str, subscription: Subscription) -> HttpResponse:
    """What the reader wants: language, days, hour, a pause. Saved by one button."""
    form = ChoicesForm(subscription, request.POST if request.method == "POST" else None)
    is_saved = form.is_valid()
    if is_saved:
        moves.choose(subscription, **form.choices())
        speak_to(subscription)
        form = ChoicesForm(subscription)
    return page(
        request, "choices", form=form, is_saved=is_saved, subscription=subscription, token=token
    )


@token_page
@for_readers
@require_POST
def pause(request: HttpRequest, token: str, subscription: Subscription) -> HttpResponse:
    """Nothing for so many days; 0 ends a pause."""
    days = request.POST.get("days", "")
    if days not in PAUSES:
        raise BadRequest("no such pause")
    moves.pause(subscription, int(days))
    return page(request, "paused", subscription=subscription, token=token)


@token_page
@require_POST
def subscribe_again(request: HttpRequest, token: str) -> HttpResponse:
    """For whoever left by mistake: a new confirmation, to the same address, if it is known yet."""
    subscription = reader_of(token)
    if not subscription.subscriber.email:
        return dead_link(request, subscription.newsletter)
    origin = Origin(Consent.Source.MAIL, network=network_key(request))
    newsletter = subscription.newsletter
    moves.subscribe(subscription.subscriber.email, newsletter, subscription.language, origin)
    tasks.wake(tasks.send_notices)
    return page(request, "subscribed")


@token_page
@for_readers
@require_POST
def weekly(request: HttpRequest, token: str, subscription: Subscription) -> HttpResponse:
    """Once a week from now on, where there is a roundup."""
    if subscription.newsletter.roundup is None:
        raise Http404
    moves.choose(subscription, rhythm=Subscription.Rhythm.WEEKLY)
    return page(request, "weekly", subscription=subscription, token=token)


@token_page
@require_POST
def send_access(request: HttpRequest, token: str) -> HttpResponse:
    """Mail the link to what is known: whoever was only forwarded a mail does not get it."""
    moves.ask_access(reader_of(token))
    tasks.wake(tasks.send_notices)
    return page(request, "access_sent")


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def access(request: HttpRequest, token: str) -> HttpResponse:
    """What is known of a reader, and one button to erase it."""
    subscription = reader_of(token, "access")
    if request.method == "POST":
        erase(subscription.subscriber)
        return page(request, "erased")
    return page(request, "access", subscription=subscription, token=token)


@token_page
@require_safe
def known(request: HttpRequest, token: str) -> HttpResponse:
    """The same as a file."""
    subscriber = reader_of(token, "access").subscriber
    answer = JsonResponse(known_of(subscriber), json_dumps_params={"ensure_ascii": False})
    answer["Content-Disposition"] = 'attachment; filename="paperboy.json"'
    return answer


def left(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    again = links.subscribe_again_path(subscription)
    return page(request, "unsubscribed", again=again)


def reader_of(token: str, purpose: links.Purpose = "unsubscribe") -> Subscription:
    try:
        subscription = links.subscription_of(purpose, token)
    except links.BadLink as bad:
        raise Http404 from bad
    speak_to(subscription)
    return subscription


def speak_to(subscription: Subscription) -> None:
    activate(subscription.newsletter.language_for(subscription.language))


def page(request: HttpRequest, name: str, status: int = 200, **context: object) -> HttpResponse:
    return render(request, f"newsletter/{name}.html", context, status=status)


def too_many(request: HttpRequest, network: str) -> HttpResponse:
    answer = page(request, "too_many", status=429)
    answer["Retry-After"] = str(limits.seconds_to_wait(network))
    return answer
