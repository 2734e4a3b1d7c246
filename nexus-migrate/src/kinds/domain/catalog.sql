-- Domains.
SELECT 'pg_type'::regclass::oid, t.oid, 0, json_build_array(n.nspname, t.typname),
       json_build_object(
           'base', format_type(t.typbasetype, t.typtypmod),
           'collation', CASE WHEN t.typcollation <> b.typcollation THEN
               (SELECT quote_ident(cn.nspname) || '.' || quote_ident(c.collname)
                FROM pg_collation c JOIN pg_namespace cn ON cn.oid = c.collnamespace WHERE c.oid = t.typcollation) END,
           'not_null', t.typnotnull,
           'default', t.typdefault)
FROM pg_type t
JOIN pg_type b ON b.oid = t.typbasetype
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'd' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, t.typname
