"""The gate of the sealer: let the web role wait for deeds in progress, which its own privileges forbid."""

from django.db import migrations

# Every id at or below the result is committed or gone for good: a deed takes its id while it holds the table's ROW
# EXCLUSIVE lock, which SHARE waits for. In READ COMMITTED the query looks after the lock was granted, not before.
CLOSE_GATE = """
    CREATE FUNCTION audit_close_gate() RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
    BEGIN
        IF current_setting('transaction_isolation') <> 'read committed' THEN
            RAISE EXCEPTION 'close the gate in READ COMMITTED: an older snapshot would miss late events';
        END IF;
        LOCK TABLE audit_event IN SHARE MODE;
        RETURN (SELECT coalesce(max(id), 0) FROM audit_event);
    END;
    $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(CLOSE_GATE, "DROP FUNCTION audit_close_gate()")]
