"""What mail providers' APIs take and say: each reads a request into copies, and words its answer.

A copy is a mail as the provider would have made it: the merge language is applied, so that a test
sees what a reader would. Sources: the providers' API references, and what their users report.
"""

import base64
import json
import re
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from functools import cached_property
from urllib.parse import parse_qs


class Refusal(Exception):
    """A whole call, refused: (status, body)."""


@dataclass
class Copy:
    address: str
    subject: str
    sender: str
    html_source: str
    text_source: str
    headers: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    merge: re.Pattern | None = None
    fields: dict[str, str] = field(default_factory=dict)

    @cached_property
    def html(self) -> str:
        return self.merged(self.html_source)

    @cached_property
    def text(self) -> str:
        return self.merged(self.text_source)

    def header(self, name: str) -> str:
        found = {key.lower(): value for key, value in self.headers.items()}
        return self.merged(found.get(name.lower(), ""))

    def merged(self, source: str) -> str:
        return (
            self.merge.sub(lambda tag: str(self.fields[tag[1]]), source) if self.merge else source
        )

    @property
    def is_refused(self) -> bool:
        return self.address.startswith("refused")


@dataclass
class Call:
    copies: list[Copy]
    key: str = ""
    campaign: str = ""  # Mailjet's
    is_batch: bool = True


Item = tuple[Copy, str]  # what became of a copy: its id, or blank for a refusal


class Dialect:
    path = ""
    batch_refuses_all = True  # one bad address, and nobody gets the call

    def read(self, path: str, headers: dict, body: bytes) -> Call:
        raise NotImplementedError

    def answer(self, call: Call, items: list[Item]) -> tuple[int, object]:
        raise NotImplementedError

    def refusal(self) -> tuple[int, object]:
        """Of a reader's address."""
        raise NotImplementedError

    def error(self, status: int) -> object:
        return {"message": f"status {status}"}


class SendGrid(Dialect):
    path = "/v3/mail/send"
    reserved = {"x-sg-id", "x-sg-eid", "received", "dkim-signature", "from", "to", "subject"}

    def read(self, path, headers, body):
        said = json.loads(body)
        bodies = {part["type"]: part["value"] for part in said["content"]}
        copies = []
        for person in said["personalizations"]:
            (to,) = person["to"]
            own = said.get("headers", {}) | person.get("headers", {})
            if self.reserved & {name.lower() for name in own}:
                raise Refusal(400, {"errors": [{"message": "reserved", "field": "headers"}]})
            tags = person.get("substitutions", {})
            merge = re.compile("(" + "|".join(map(re.escape, tags)) + ")") if tags else None
            copies.append(
                Copy(
                    to["email"],
                    said["subject"],
                    f"{said['from'].get('name', '')} <{said['from']['email']}>",
                    bodies["text/html"],
                    bodies["text/plain"],
                    own,
                    person.get("custom_args", {}),
                    merge,
                    tags,
                )
            )
        if len({copy.address for copy in copies}) < len(copies):
            raise Refusal(400, {"errors": [{"message": "Each unique email address only once"}]})
        return Call(copies)

    def answer(self, call, items):
        return 202, None

    def refusal(self):
        field_name = "personalizations.0.to.0.email"
        said = {"message": "Does not contain a valid address.", "field": field_name, "help": None}
        return 400, {"errors": [said]}


class Mailgun(Dialect):
    tag = re.compile(r"%recipient\.([\w:-]+)%")

    def read(self, path, headers, body):
        form = parse_qs(body.decode(), keep_blank_values=True)
        variables = json.loads(form.get("recipient-variables", ["{}"])[0])
        copies = []
        for to in form["to"]:
            own = variables.get(to, {})
            named = {k[2:]: v[0] for k, v in form.items() if k.startswith("h:")}
            known = {k[2:]: v[0] for k, v in form.items() if k.startswith("v:")}
            copy = Copy(to, form["subject"][0], form["from"][0], form["html"][0], form["text"][0])
            copy.headers, copy.merge, copy.fields = named, self.tag, own
            copy.metadata = {name: copy.merged(value) for name, value in known.items()}
            copies.append(copy)
        return Call(copies)

    def answer(self, call, items):
        return 200, {"id": f"<{items[0][1]}@mailgun.test>", "message": "Queued. Thank you."}

    def refusal(self):
        return 400, {"message": "'to' parameter is not a valid address. please check documentation"}


class SparkPost(Dialect):
    path = "/api/v1/transmissions/"
    tag = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")

    def read(self, path, headers, body):
        said = json.loads(body)
        content = said["content"]
        check_tags(self.tag, content["html"], content["text"], content["subject"])
        return Call(
            [
                Copy(
                    person["address"]["email"],
                    content["subject"],
                    content["from"],
                    content["html"],
                    content["text"],
                    content.get("headers", {}),
                    person.get("metadata", {}),
                    self.tag,
                    person.get("substitution_data", {}),
                )
                for person in said["recipients"]
            ]
        )

    def answer(self, call, items):
        taken = [item for item in items if item[1]]
        counts = {
            "total_accepted_recipients": len(taken),
            "total_rejected_recipients": len(items) - len(taken),
        }
        return 200, {"results": counts | {"id": items[0][1]}}

    def refusal(self):
        about = "recipients[0].address.email is not valid"
        return 422, {"errors": [{"message": "invalid data format/type", "description": about}]}


class Brevo(Dialect):
    path = "/v3/smtp/email"
    tag = re.compile(r"\{\{\s*params\.(\w+)\s*\}\}")

    def read(self, path, headers, body):
        said = json.loads(body)
        check_tags(self.tag, said["htmlContent"], said["textContent"], said["subject"])
        of_all = said.get("headers", {})
        copies = []
        for version in said.get("messageVersions") or [{"to": said["to"]}]:
            (to,) = version["to"]
            own = version.get("headers", of_all)
            copies.append(
                Copy(
                    to["email"],
                    said["subject"],
                    f"{said['sender'].get('name', '')} <{said['sender']['email']}>",
                    said["htmlContent"],
                    said["textContent"],
                    own,
                    json.loads(own.get("X-Mailin-custom", "{}")),
                    self.tag,
                    version.get("params", {}),
                )
            )
        return Call(copies, key=of_all.get("idempotencyKey", ""))

    def answer(self, call, items):
        return 201, {"messageIds": [f"<{name}@brevo.test>" for _, name in items]}

    def refusal(self):
        return 400, {"code": "invalid_parameter", "message": "email is not valid in to"}


class Mailjet(Dialect):
    path = "/v3.1/send"
    batch_refuses_all = False
    tag = re.compile(r"\{\{\s*var:(\w+)\s*\}\}")
    reserved = {"date", "message-id", "list-id", "from", "to", "subject", "reply-to"}

    def read(self, path, headers, body):
        said = json.loads(body)
        copies = []
        for message in said["Messages"]:
            whole = said["Globals"] | message
            (to,) = whole["To"]
            if self.reserved & {name.lower() for name in whole["Headers"]}:
                raise Refusal(
                    400, {"Messages": [self.failed("send-0011", 'Headers["Message-ID"]')]}
                )
            check_tags(self.tag, whole["HTMLPart"], whole["TextPart"], whole["Subject"])
            copies.append(
                Copy(
                    to["Email"],
                    whole["Subject"],
                    f"{whole['From'].get('Name', '')} <{whole['From']['Email']}>",
                    whole["HTMLPart"],
                    whole["TextPart"],
                    whole["Headers"],
                    json.loads(whole["EventPayload"]),
                    self.tag if whole.get("TemplateLanguage") else None,
                    whole["Variables"],
                )
            )
        is_unique = said["Globals"].get("DeduplicateCampaign")
        return Call(copies, campaign=said["Globals"]["CustomCampaign"] if is_unique else "")

    def answer(self, call, items):
        entries = [self.entry(copy, name) for copy, name in items]
        return 400 if all(not name for _, name in items) else 200, {"Messages": entries}

    def entry(self, copy, name):
        if not name:
            return self.failed("mj-0013", "To[0].Email")
        to = {"Email": copy.address, "MessageUUID": name, "MessageID": int(name[:12], 16)}
        return {"Status": "success", "To": [to], "Cc": [], "Bcc": []}

    def failed(self, code, about):
        error = {
            "ErrorCode": code,
            "StatusCode": 400,
            "ErrorMessage": "no",
            "ErrorRelatedTo": [about],
        }
        return {"Status": "error", "Errors": [error]}

    def refusal(self):
        return 400, {"Messages": [self.failed("mj-0013", "To[0].Email")]}


class Resend(Dialect):
    path = "/emails/batch"
    batch_refuses_all = False

    def read(self, path, headers, body):
        said = json.loads(body)
        copies = []
        for mail in said if isinstance(said, list) else [said]:
            (to,) = mail["to"]
            copies.append(
                Copy(
                    to,
                    mail["subject"],
                    mail["from"],
                    mail["html"],
                    mail["text"],
                    mail["headers"],
                    json.loads(mail["headers"]["X-Metadata"]),
                )
            )
        strict = headers.get("x-batch-validation") != "permissive"
        if strict and any(copy.is_refused for copy in copies):
            raise Refusal(*self.refusal())
        return Call(copies, key=headers.get("Idempotency-Key", ""), is_batch=isinstance(said, list))

    def answer(self, call, items):
        if not call.is_batch:
            return 200, {"id": items[0][1]}
        errors = [
            {"index": place, "message": "Invalid `to` field."}
            for place, (_, name) in enumerate(items)
            if not name
        ]
        taken = [{"id": name} for _, name in items if name]
        return 200, {"data": taken} | ({"errors": errors} if errors else {})

    def refusal(self):
        said = "Invalid `to` field. The email address needs to follow the format."
        return 422, {"statusCode": 422, "name": "validation_error", "message": said}


class Postmark(Dialect):
    path = "/email/batch"
    batch_refuses_all = False

    def read(self, path, headers, body):
        said = json.loads(body)
        return Call(
            [
                Copy(
                    mail["To"],
                    mail["Subject"],
                    mail["From"],
                    mail["HtmlBody"],
                    mail["TextBody"],
                    {item["Name"]: item["Value"] for item in mail.get("Headers", [])},
                    mail.get("Metadata", {}),
                )
                for mail in (said if isinstance(said, list) else [said])
            ],
            is_batch=isinstance(said, list),
        )

    def answer(self, call, items):
        entries = [self.entry(copy, name) for copy, name in items]
        return (200, entries) if call.is_batch else (200 if items[0][1] else 422, entries[0])

    def entry(self, copy, name):
        if not name:
            return self.refusal()[1] | {"Message": f"Found inactive addresses: {copy.address}."}
        at = "2026-11-22T12:01:05.1794748-05:00"
        return {
            "To": copy.address,
            "SubmittedAt": at,
            "MessageID": name,
            "ErrorCode": 0,
            "Message": "OK",
        }

    def refusal(self):
        return 422, {"ErrorCode": 406, "Message": "You tried to send to an inactive recipient."}


class Mailtrap(Dialect):
    path = "/api/send"

    def read(self, path, headers, body):
        said = json.loads(body)
        (to,) = said["to"]
        sender = f"{said['from'].get('name', '')} <{said['from']['email']}>"
        bodies = (said["html"], said["text"])
        own = (said["headers"], said["custom_variables"])
        return Call([Copy(to["email"], said["subject"], sender, *bodies, *own)], is_batch=False)

    def answer(self, call, items):
        return 200, {"success": True, "message_ids": [name for _, name in items]}

    def refusal(self):
        return 400, {"success": False, "errors": ["'to' address is invalid"]}


class Amazon(Dialect):
    """SES v2's SendEmail; an error's name comes in a header."""

    path = "/v2/email/outbound-emails"

    def read(self, path, headers, body):
        said = json.loads(body)
        octets = base64.b64decode(said["Content"]["Raw"]["Data"])
        mail = message_from_bytes(octets, policy=policy.default)
        (to,) = said["Destination"]["ToAddresses"]
        html, text = (mail.get_body([kind]).get_content() for kind in ("html", "plain"))
        own = {name: str(value) for name, value in mail.items()}
        known = json.loads(own.get("X-Metadata", "{}"))
        return Call(
            [Copy(to, str(mail["Subject"]), str(mail["From"]), html, text, own, known)],
            is_batch=False,
        )

    def answer(self, call, items):
        return 200, {"MessageId": items[0][1]}

    def refusal(self):
        return 400, {"message": "Missing final '@domain'"}

    def error(self, status):
        return {"message": "as it was set"}


def check_tags(tag: re.Pattern, *texts: str) -> None:
    """A template that cannot be read is refused, as by the providers that have a language."""
    for text in texts:
        left = tag.sub("", text)
        if found := re.search(r"\{[{%#]", left):
            raise Refusal(422, {"errors": [{"message": f"template: {left[found.start() :][:20]}"}]})


DIALECTS = {
    "brevo": Brevo(),
    "mailgun": Mailgun(),
    "mailjet": Mailjet(),
    "mailtrap": Mailtrap(),
    "postmark": Postmark(),
    "resend": Resend(),
    "sendgrid": SendGrid(),
    "ses": Amazon(),
    "sparkpost": SparkPost(),
}
