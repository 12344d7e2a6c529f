"""What mail providers' APIs take and say: each reads a request into copies, and words its answer.

A copy is a mail as the provider would have made it: the merge language is applied, so that a test
sees what a reader would. Sources: the providers' API references, and what their users report.
"""

from tests.dialects.dialect import Call, Copy, Refusal
from tests.dialects.merging import Brevo, Mailgun, Mailjet, SendGrid, SparkPost
from tests.dialects.plain import Amazon, Mailtrap, Postmark, Resend

__all__ = ["DIALECTS", "Call", "Copy", "Refusal"]

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
