-- What the server has counted of each table: rows (-1 where it never looked), rows by its last count, dead ones, from how
-- many on autovacuum takes them away, updates, those that stayed on their page, those that found no room there (16), reads,
-- whether statistics were ever taken, and whether there is anything to take them of.
SELECT json_build_array(n.nspname, c.relname),
       c.reltuples::bigint,
       coalesce(s.n_live_tup, 0),
       coalesce(s.n_dead_tup, 0),
       ceil(least(
           coalesce(o.threshold, current_setting('autovacuum_vacuum_threshold')::float8)
               + coalesce(o.scale, current_setting('autovacuum_vacuum_scale_factor')::float8) * greatest(c.reltuples, 0),
           coalesce(nullif(current_setting('autovacuum_vacuum_max_threshold', true)::float8, -1), 'infinity')))::numeric,
       coalesce(s.n_tup_upd, 0),
       coalesce(s.n_tup_hot_upd, 0),
       (to_jsonb(s) ->> 'n_tup_newpage_upd')::bigint,
       coalesce(s.seq_scan, 0) + coalesce(s.idx_scan, 0),
       s.last_analyze IS NOT NULL OR s.last_autoanalyze IS NOT NULL,
       CASE c.relkind
           WHEN 'p' THEN EXISTS (SELECT FROM pg_partition_tree(c.oid) t JOIN pg_class p ON p.oid = t.relid
                                 LEFT JOIN pg_stat_all_tables l ON l.relid = p.oid
                                 WHERE t.isleaf AND (p.reltuples > 0 OR l.n_live_tup > 0))
           ELSE coalesce(s.n_live_tup, 0) > 0 OR c.reltuples > 0 END
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
CROSS JOIN LATERAL (
    SELECT max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_threshold')::float8 AS threshold,
           max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_scale_factor')::float8 AS scale
    FROM pg_options_to_table(c.reloptions)) AS o
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname
