"""Give allocations that were made before there were instalments four quarterly ones, equal to them to the penny."""

import datetime as dt

from dateutil.relativedelta import relativedelta
from django.db import migrations


def lay_out(apps, schema_editor):
    """Write four instalments for each allocation that has none, the odd pence in the first ones."""
    using = schema_editor.connection.alias
    allocations = apps.get_model("ahsn", "Allocation").objects.using(using).filter(instalments=None).select_related("network")
    instalments = apps.get_model("ahsn", "Instalment")
    for allocation in allocations.order_by("pk"):
        first = dt.date(int(allocation.year[:4]), 4, 1)
        rows = []
        for number in (1, 2, 3, 4):
            starts = first + relativedelta(months=3 * (number - 1))
            rows.append(
                instalments(
                    allocation=allocation,
                    number=number,
                    reference=f"{allocation.network.acronym}-{allocation.year}-{number}",
                    starts_on=starts,
                    ends_on=starts + relativedelta(months=3, days=-1),
                    due_on=starts + dt.timedelta(days=30),
                    pence=allocation.pence // 4 + (number <= allocation.pence % 4),
                )
            )
        instalments.objects.using(using).bulk_create(rows)


class Migration(migrations.Migration):
    dependencies = [("ahsn", "0002_instalments_released_by_returns")]

    operations = [migrations.RunPython(lay_out, migrations.RunPython.noop)]
