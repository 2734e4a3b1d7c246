WITH held AS MATERIALIZED (
    SELECT DISTINCT l.relation AS oid
    FROM pg_locks l
    WHERE l.locktype = 'relation' AND l.pid = pg_backend_pid() AND l.relation BETWEEN 16384 AND {newest}
)
SELECT c.oid,
       quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
       c.relkind,
       coalesce(pg_relation_filenode(c.oid), 0) AS file,
       i.indrelid AS of_table,
       coalesce(i.indislive, true) AS live,
       NULL AS parents,
       pg_stat_get_xact_numscans(c.oid) AS scans,
       pg_stat_get_xact_tuples_updated(c.oid) + pg_stat_get_xact_tuples_deleted(c.oid) AS changes,
       0 AS all_scans
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_index i ON i.indexrelid = c.oid
WHERE c.oid IN (SELECT oid FROM held) OR i.indrelid IN (SELECT oid FROM held)
ORDER BY c.oid
