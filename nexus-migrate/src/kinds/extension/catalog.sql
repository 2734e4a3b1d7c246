-- Extensions, but for the language every database is born with.
SELECT 'pg_extension'::regclass::oid, e.oid, 0, json_build_array(e.extname), json_build_object('schema', n.nspname)
FROM pg_extension e
JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname <> 'plpgsql'
ORDER BY e.extname
