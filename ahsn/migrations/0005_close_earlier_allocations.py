"""Give allocations that were made before there were closing returns one, with as many days as their others."""

import datetime as dt

from django.db import migrations


def lay_out(apps, schema_editor):
    """Write the closing return of each allocation that has none."""
    using = schema_editor.connection.alias
    instalments = apps.get_model("ahsn", "Instalment").objects.using(using)
    closed = instalments.filter(number=13).values("allocation")
    first = instalments.filter(number=1).exclude(allocation__in=closed).select_related("allocation__network")
    for one in first.order_by("pk"):
        allocation = one.allocation
        after = dt.date(int(allocation.year[:4]) + 1, 4, 1)
        instalments.create(
            allocation=allocation,
            number=13,
            reference=f"{allocation.network.acronym}-{allocation.year}-closing",
            starts_on=after,
            ends_on=after,
            due_on=after + (one.due_on - one.starts_on),
            pence=0,
        )


class Migration(migrations.Migration):
    dependencies = [("ahsn", "0004_closing_returns")]

    operations = [migrations.RunPython(lay_out, migrations.RunPython.noop)]
