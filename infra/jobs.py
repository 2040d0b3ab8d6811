"""What runs later and what runs on the clock."""

from procrastinate import App


def on_app_ready(app: App) -> None:
    """Keep a handle for the worker; tasks register themselves when this module is imported."""
