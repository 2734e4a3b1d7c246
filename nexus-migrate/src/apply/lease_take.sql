WITH me AS (
    SELECT pid, backend_start FROM pg_catalog.pg_stat_activity WHERE pid = pg_backend_pid()
)
INSERT INTO nexus.lease AS l (ledger, token, backend, backend_start, until)
SELECT wanted.ledger, 1, me.pid, me.backend_start, clock_timestamp() + interval '30 s'
FROM me, wanted
ON CONFLICT (ledger) DO UPDATE
SET token = l.token + 1, backend = excluded.backend, backend_start = excluded.backend_start, until = excluded.until
WHERE l.until <= clock_timestamp() OR l.backend = excluded.backend OR NOT EXISTS (
    SELECT FROM pg_catalog.pg_stat_activity AS a
    WHERE a.pid = l.backend AND (a.backend_start = l.backend_start OR a.backend_start IS NULL)
)
RETURNING token
