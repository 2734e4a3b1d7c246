-- Schemas, but for the system's own.
SELECT 'pg_namespace'::regclass::oid, n.oid, 0, json_build_array(n.nspname), '{}'
FROM pg_namespace n
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname
