"""Providers whose batch calls have one body, and fields that are put into it for each reader."""

import json
import re
from urllib.parse import parse_qs

from tests.dialects.dialect import Call, Copy, Dialect, Refusal, check_tags


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
                    json.loads(whole.get("EventPayload", "{}")),
                    self.tag if whole.get("TemplateLanguage") else None,
                    whole.get("Variables", {}),
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
