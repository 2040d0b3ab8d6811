"""Why a letter cannot be made."""


class LetterRefused(ValueError):
    """Say why a letter must not be issued and how to mend it."""


class UnresolvedField(LetterRefused):
    """Name the field of the letter that has no value that can be printed.

    `path` points into the data, for example `partners[0].costs.labour`.
    """

    def __init__(self, path: str, reason: str = "is missing or blank") -> None:
        super().__init__(f"The letter cannot be made: {path} {reason}. Put it right and try again.")
        self.path = path
        self.reason = reason


class LetterDoesNotAddUp(LetterRefused):
    """Name the sum, date or rate in the letter that contradicts another."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"The letter does not add up: {path} {reason}. Correct the award's figures first.")
        self.path = path
        self.reason = reason


class CannotSeal(ValueError):
    """Say why a letter or a key cannot be used for sealing and how to mend it."""
