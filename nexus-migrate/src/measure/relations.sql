SELECT c.oid,
       quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
       c.relkind,
       coalesce(pg_relation_filenode(c.oid), 0) AS file,
       i.indrelid AS of_table,
       coalesce(i.indislive, true) AS live,
       (SELECT string_agg(h.inhparent::text, ' ' ORDER BY h.inhparent)
        FROM pg_inherits h WHERE h.inhrelid = c.oid AND NOT h.inhdetachpending) AS parents,
       pg_stat_get_xact_numscans(c.oid) AS scans,
       pg_stat_get_xact_tuples_updated(c.oid) + pg_stat_get_xact_tuples_deleted(c.oid) AS changes,
       pg_stat_get_numscans(c.oid) AS all_scans
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_index i ON i.indexrelid = c.oid
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY c.oid
