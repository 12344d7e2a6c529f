"""What a provider's answer to a batch call says of each reader.

A reader takes the parsed answer and the addresses in the order of the call, and returns a result
for each address; None when the answer is not of the documented shape. Nobody is marked by a guess:
whom an answer does not name, or names by a place that cannot be theirs, is in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from newsletter.outcome import Outcome, Result, in_doubt
from newsletter.outcome.api import ABOUT_THE_READER
from newsletter.outcome.result import KNOWN_TO_BOUNCE, REFUSED

Read = Callable[[object, Sequence[str]], list[Result] | None]
Item = tuple[str, Result]  # the address it names, if it does

UNNAMED = in_doubt("the answer does not name this reader")


def accepted(message_id: object = "") -> Result:
    return Result(Outcome.ACCEPTED, message_id=str(message_id))


def refused(code: str, said: str) -> Result:
    """One reader of a batch, refused."""
    if ABOUT_THE_READER.search(said):
        return Result(Outcome.REJECTED, code)
    return Result(Outcome.NOT_SENT, code, is_suspect=True)


def dealt(items: Sequence[Item], addresses: Sequence[str]) -> list[Result]:
    """Each result to whom its item names; by its place, if every place can be right."""
    named = {name.lower(): result for name, result in items if name}
    in_place = len(items) == len(addresses) and all(
        name.lower() in ("", address.lower())
        for (name, _), address in zip(items, addresses, strict=True)
    )
    if in_place:
        return [result for _, result in items]
    return [named.get(address.lower(), UNNAMED) for address in addresses]


def sendgrid(answer: object, addresses: Sequence[str]) -> list[Result] | None:
    """202, and nothing more: its status alone says that it took the call."""
    return None


def mailgun(answer: object, addresses: Sequence[str]) -> list[Result] | None:
    match answer:
        case {"id": str(message_id), "message": str(said)} if said.startswith("Queued"):
            return [accepted(message_id)] * len(addresses)
    return None


def sparkpost(answer: object, addresses: Sequence[str]) -> list[Result] | None:
    """Counts, without saying who: with both kinds among them, nobody can be told apart."""
    match answer:
        case {
            "results": {
                "total_accepted_recipients": int(taken),
                "total_rejected_recipients": int(rejected),
                "id": message_id,
            }
        }:
            pass
        case _:
            return None
    if (taken, rejected) == (len(addresses), 0):
        return [accepted(message_id)] * len(addresses)
    if (taken, rejected) == (0, len(addresses)):
        return [Result(Outcome.REJECTED, REFUSED)] * len(addresses)
    return [UNNAMED] * len(addresses)


def brevo(answer: object, addresses: Sequence[str]) -> list[Result] | None:
    """Ids in order; to a key that was used before, an error that means: it was taken then."""
    match answer:
        case {"messageIds": [*message_ids]}:
            return dealt([("", accepted(each)) for each in message_ids], addresses)
        case {"messageId": str(message_id)}:
            return dealt([("", accepted(message_id))], addresses)
        case {"code": "duplicate_parameter"}:
            return [accepted()] * len(addresses)
    return None


def resend(answer: object, addresses: Sequence[str]) -> list[Result] | None:
    """Ids in order of those that were taken, and the places of those that were not."""
    match answer:
        case {"data": [*taken], "errors": [*errors]}:
            pass
        case {"data": [*taken]}:
            errors = []
        case _:
            return None
    no: dict[int, Result] = {}
    for error in errors:
        match error:
            case {"index": int(place), **said}:
                no[place] = refused(REFUSED, str(said))
    yes = iter(taken)
    if len(taken) + len(no) != len(addresses) or not set(no) <= set(range(len(addresses))):
        return [UNNAMED] * len(addresses)
    return [no.get(place) or accepted(id_in(next(yes))) for place in range(len(addresses))]


def id_in(item: object) -> str:
    match item:
        case {"id": str(message_id)}:
            return message_id
    return ""


def postmark(answer: object, addresses: Sequence[str]) -> list[Result] | None:
    """An entry a message; those that were refused do not repeat the address in its field."""
    match answer:
        case [*entries]:
            return dealt([postmark_item(entry) for entry in entries], addresses)
    return None


def postmark_item(entry: object) -> Item:
    match entry:
        case {"ErrorCode": 0, "MessageID": message_id, "To": str(name)}:
            return name, accepted(message_id)
        case {"ErrorCode": int(code), "Message": str(said)} if code:
            return "", postmark_refusal(code, said)
    return "", UNNAMED


def postmark_refusal(code: int, said: str) -> Result:
    """406: it bounced before, or complained. 300: some field is wrong, of which one is the reader's
    (https://postmarkapp.com/developer/api/overview#error-codes)."""
    name = f"Postmark {code}"
    if name == KNOWN_TO_BOUNCE or (code == 300 and "'To'" in said):
        return Result(Outcome.REJECTED, name)
    return Result(Outcome.NOT_SENT, name, is_suspect=True)


def mailjet(answer: object, addresses: Sequence[str]) -> list[Result] | None:
    """An entry a message, also where the status is 400; those that were refused name nobody."""
    match answer:
        case {"Messages": [*entries]}:
            return dealt([mailjet_item(entry) for entry in entries], addresses)
    return None


def mailjet_item(entry: object) -> Item:
    match entry:
        case {"Status": "success", "To": [{"Email": str(name), "MessageID": message_id}]}:
            return name, accepted(message_id)
        case {"Status": "error", "Errors": [{"ErrorCode": str(code), **said}, *_]}:
            return "", refused(f"Mailjet {code}", str(said))
    return "", UNNAMED
