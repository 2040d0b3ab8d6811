from decimal import Decimal

from django.db import migrations

# Pounds to the euro at the end of a year: euro foreign exchange reference rates of the European Central Bank.
RATES = {
    "2017-12-29": "0.88723",
    "2018-12-31": "0.89453",
    "2019-12-31": "0.85080",
    "2020-12-31": "0.89903",
    "2021-12-31": "0.84028",
    "2022-12-30": "0.88693",
    "2023-12-29": "0.86905",
    "2024-12-31": "0.82918",
}


def add(apps, schema_editor):
    """Begin with the last rates of eight years; later ones are added by `manage.py euro_rate`."""
    rows = apps.get_model("accounts", "EuroRate").objects.using(schema_editor.connection.alias)
    for on, rate in RATES.items():
        rows.get_or_create(
            on=on, defaults={"pounds_per_euro": Decimal(rate), "source": "European Central Bank reference rate"}
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_organisations_and_their_size")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
