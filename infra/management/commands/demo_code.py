"""Print the code that the demo's authenticator app shows now."""

from typing import Any

from django.core.management.base import BaseCommand

from infra.demo import sign_ins


class Command(BaseCommand):
    help = "Print the second-factor code of the demo's staff; it changes every 30 seconds."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(sign_ins.code())
