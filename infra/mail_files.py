"""Keep e-mails as files of a folder, as a mailer of Django, such that a link can be copied whole from a text viewer."""

import email.policy

from django.core.mail import EmailMessage
from django.core.mail.backends import filebased

UNFOLDED = email.policy.default.clone(max_line_length=998)  # characters, the most that RFC 5322 allows


class EmailBackend(filebased.EmailBackend):
    """Django's, without breaking lines of more than 78 characters."""

    def write_message(self, message: EmailMessage) -> None:
        """Add one message to the file."""
        self.stream.write(message.message(policy=UNFOLDED).as_bytes() + b"\n")  # type: ignore[arg-type]  # it takes bytes
