"""Give, retitle and replace a supporting file."""

from typing import Any

from django import forms

from accounts.rules import Refused

TYPES = ".pdf,.docx,.xlsx,.png,.jpg,.jpeg"


def _title() -> forms.CharField:
    return forms.CharField(
        label="Title", max_length=120, help_text="What bidders read, such as “Guidance on eligible costs”."
    )


class TitleForm(forms.Form):
    """The title of a file."""

    title = _title()


class FileForm(forms.Form):
    """A file and its title."""

    title = _title()
    file = forms.FileField(
        label="File",
        help_text="PDF, Word, Excel, PNG or JPEG, at most 20 MB, without a password.",
        widget=forms.FileInput(attrs={"accept": TYPES}),
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )

    def __init__(self, data: Any = None, files: Any = None, *, title: str = "") -> None:
        super().__init__(data, files, initial={"title": title})

    def refuse(self, refused: Refused) -> None:
        """Put what is wrong with the file beside the file."""
        is_file = any(word in str(refused).lower() for word in ("the file", "pdf", "type of file"))
        self.add_error("file" if is_file else None, str(refused))
