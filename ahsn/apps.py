"""The networks' room as Django knows it."""

from django.apps import AppConfig


class NetworksConfig(AppConfig):
    """Tell the pages of money what the networks' instalments plan."""

    name = "ahsn"

    def ready(self) -> None:
        """Say it once the models are there."""
        from ahsn import queries
        from funds import plans

        plans.add(queries.planned)
