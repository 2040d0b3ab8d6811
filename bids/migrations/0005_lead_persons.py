"""Let the maker of each bid that is there already be its lead person, as the maker of a new one is."""

from django.db import migrations

SQL = """
    INSERT INTO bids_teammember (bid_id, user_id, role, by_id, at)
    SELECT b.id, b.created_by_id, 'lead', b.created_by_id, b.created_at FROM bids_bid b
    WHERE EXISTS (
        SELECT FROM accounts_membership m
        WHERE m.user_id = b.created_by_id AND m.organisation_id = b.lead_id AND m.role = 'applicant'
          AND m.ended_at IS NULL
    )
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("bids", "0004_team")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
