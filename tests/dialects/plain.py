"""Providers that are given each reader's whole mail, in batches or one by one."""

import base64
import json
from email import message_from_bytes, policy

from tests.dialects.dialect import Call, Copy, Dialect, Refusal


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
                    json.loads(mail["headers"].get("X-Metadata", "{}")),
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
        own = (said["headers"], said.get("custom_variables", {}))
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
