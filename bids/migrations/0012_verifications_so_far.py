"""Write down the decisions on match funding that were taken before each had a row of its own."""

from django.db import migrations

DECISIONS = """
    INSERT INTO bids_matchverification (source_id, number, outcome, pounds, checks, evidence, expires_on, reason, by_id, at)
    SELECT s.id, 1, s.state, CASE WHEN s.state = 'verified' THEN s.verified_pounds END, '[]'::jsonb,
           coalesce((SELECT jsonb_agg(d.sha256 ORDER BY d.id) FROM bids_document d WHERE d.match_source_id = s.id), '[]'),
           CASE WHEN s.state = 'verified' AND s.kind = 'own_reserves' THEN
               (SELECT max(d.dated_on) + 90 FROM bids_document d WHERE d.match_source_id = s.id AND d.deleted_at IS NULL)
           END, s.reason, s.decided_by_id, s.decided_at
    FROM bids_matchsource s
    WHERE s.state IN ('verified', 'queried', 'rejected') AND s.decided_by_id IS NOT NULL
"""
WAITING = """
    UPDATE bids_matchsource s
    SET waiting_since = (SELECT max(d.uploaded_at) FROM bids_document d WHERE d.match_source_id = s.id)
    WHERE s.state <> 'declared'
"""


class Migration(migrations.Migration):
    dependencies = [("bids", "0011_match_desk")]

    operations = [
        migrations.RunSQL(DECISIONS, migrations.RunSQL.noop),
        migrations.RunSQL(WAITING, migrations.RunSQL.noop),
    ]
