-- Columns of relations that are no tables: they can be named, in a comment or a grant, but are no objects here.
SELECT 'pg_class'::regclass::oid, c.oid, a.attnum, json_build_array(n.nspname, c.relname, a.attname)
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm', 'c') AND a.attnum > 0 AND NOT a.attisdropped AND c.oid >= 16384
ORDER BY n.nspname, c.relname, a.attname
