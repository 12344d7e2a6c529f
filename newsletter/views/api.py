"""The way in for programs: JSON in, JSON out, no cookie. docs/readers.md describes it.

Who may ask by script from a page of their own, CORS says (API_ORIGINS); it protects nothing else.
"""

import json

from django.http import HttpRequest, JsonResponse
from django.utils.translation import (
    activate,
    get_language_from_request,
    gettext,
)
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from newsletter import limits, proof
from newsletter.consent import Origin
from newsletter.forms import SubscribeForm
from newsletter.joining import Answer, ask, newsletter_named
from newsletter.models import Consent, Newsletter
from newsletter.network import network_key
from newsletter.storable import is_storable

LARGEST = 16_384  # octets of a request
LONGEST, LONGEST_WORDING = 4_000, 1_000  # characters of a field
TEXTS = ("email", "newsletter", "language", "wording", "typed", "proof")

Fields = dict[str, list[dict[str, str]]]


class Refused(Exception):
    """A request that cannot be taken: its status, its code, and what else to say."""

    def __init__(self, status: int, code: str, message: str, **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message} | more


@csrf_exempt
@require_POST
def subscribe(request: HttpRequest) -> JsonResponse:
    """The answer is the same whatever we know of the address."""
    activate(get_language_from_request(request))
    try:
        return take(request)
    except Refused as refused:
        return JsonResponse(refused.body, status=refused.status)


def take(request: HttpRequest) -> JsonResponse:
    asked = texts(request)
    newsletter = newsletter_of(asked)
    asked.setdefault("language", newsletter.page_language)
    if asked["language"] in newsletter.languages:
        activate(asked["language"])
    form = SubscribeForm(newsletter, asked)
    if not form.is_valid():
        raise wrong_fields(fields_of(form))
    words = {"wording": asked.get("wording", ""), "language": asked["language"]}
    origin = Origin(Consent.Source.API, network=network_key(request), **words)
    taken = ask(form, origin)
    if taken is Answer.NEEDS_PROOF:
        message = gettext("Very many ask just now. Solve the challenge, and send it with the rest.")
        raise Refused(403, "needs_proof", message, challenge=proof.challenge())
    if taken is Answer.TOO_MANY:
        return too_many(origin.network)
    said = {"code": "taken", "message": gettext("We have sent a confirmation.")}
    return JsonResponse(said, status=202)


def texts(request: HttpRequest) -> dict[str, str]:
    """What a request asks for, field by field. Raises Refused."""
    if request.content_type != "application/json":
        raise Refused(415, "not_json", gettext("Send application/json."))
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        raise Refused(413, "too_large", gettext("That is too large."))
    try:
        asked = json.loads(request.body)
    except (ValueError, RecursionError) as bad:
        raise Refused(400, "bad_json", gettext("That is not JSON.")) from bad
    if not isinstance(asked, dict):
        raise Refused(400, "bad_json", gettext("Send one JSON object."))
    named = {name: asked[name] for name in TEXTS if asked.get(name) is not None}
    message = gettext("This is not a text, or too long.")
    wrong = [name for name, value in named.items() if not is_text(name, value)]
    if wrong:
        raise wrong_fields({name: [error("invalid", message)] for name in wrong})
    return named


def is_text(name: str, value: object) -> bool:
    longest = LONGEST_WORDING if name == "wording" else LONGEST
    return isinstance(value, str) and len(value) <= longest and is_storable(value)


def newsletter_of(asked: dict[str, str]) -> Newsletter:
    if newsletter := newsletter_named(asked.get("newsletter", "")):
        return newsletter
    raise wrong_fields({"newsletter": [error("unknown", gettext("There is no such newsletter."))]})


def fields_of(form: SubscribeForm) -> Fields:
    """What is wrong with each; a slip comes with what was probably meant, and what to send as
    `typed` where it is right as it is."""
    wrong = {
        name: [error(each.code or "invalid", " ".join(each.messages)) for each in errors.as_data()]
        for name, errors in form.errors.items()
    }
    if form.meant and "email" in wrong:
        wrong["email"][0] |= {"suggestion": form.meant, "typed": form.typed}
    return wrong


def wrong_fields(fields: Fields) -> Refused:
    return Refused(400, "bad_fields", gettext("Some fields are wrong."), fields=fields)


def error(code: str, message: str) -> dict[str, str]:
    return {"code": code, "message": message}


def too_many(network: str) -> JsonResponse:
    said = {"code": "too_many", "message": gettext("Too many have asked from your network.")}
    seconds = limits.seconds_to_wait(network)
    return JsonResponse(said, status=429, headers={"Retry-After": str(seconds)})
