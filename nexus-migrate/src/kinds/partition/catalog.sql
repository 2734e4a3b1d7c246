-- Attachments of partitions.
SELECT 'pg_class'::regclass::oid, c.oid, -1, json_build_array(n.nspname, c.relname),
       json_build_object('parent', json_build_array(pn.nspname, p.relname), 'bound', pg_get_expr(c.relpartbound, c.oid))
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_inherits i ON i.inhrelid = c.oid
JOIN pg_class p ON p.oid = i.inhparent
JOIN pg_namespace pn ON pn.oid = p.relnamespace
WHERE c.relispartition AND c.relkind IN ('r', 'p', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname
