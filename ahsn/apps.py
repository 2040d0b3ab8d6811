"""The networks' room as Django knows it."""

from django.apps import AppConfig


class NetworksConfig(AppConfig):
    """Tell the pages of money what instalments plan, and the bank's reports how they are settled."""

    name = "ahsn"

    def ready(self) -> None:
        """Say it once the models are there."""
        from ahsn import queries
        from ahsn.actions.settling import settle_report
        from awards import settlers
        from funds import plans

        plans.add(queries.planned)
        settlers.add(settle_report, queries.path)
