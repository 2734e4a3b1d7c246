-- How often each index was used, its size by the last count, whether it is whole, and what it is on. An index of a
-- partitioned table is used where its parts are.
SELECT json_build_array(n.nspname, x.relname),
       json_build_array(n.nspname, r.relname),
       CASE x.relkind WHEN 'I' THEN u.scans ELSE coalesce(s.idx_scan, 0) END,
       CASE x.relkind WHEN 'I' THEN u.pages ELSE x.relpages END * current_setting('block_size')::bigint,
       i.indisvalid,
       x.relkind = 'I'
FROM pg_index i
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_class r ON r.oid = i.indrelid
JOIN pg_namespace n ON n.oid = x.relnamespace
LEFT JOIN pg_stat_all_indexes s ON s.indexrelid = x.oid
CROSS JOIN LATERAL (
    SELECT coalesce(sum(l.idx_scan), 0) AS scans, coalesce(sum(p.relpages), 0)::bigint AS pages
    FROM pg_partition_tree(CASE x.relkind WHEN 'I' THEN x.oid END) t
    JOIN pg_class p ON p.oid = t.relid
    LEFT JOIN pg_stat_all_indexes l ON l.indexrelid = p.oid) AS u
WHERE r.relkind IN ('r', 'p', 'm') AND r.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, x.relname
