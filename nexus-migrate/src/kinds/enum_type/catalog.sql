-- Enumerated types.
SELECT 'pg_type'::regclass::oid, t.oid, 0, json_build_array(n.nspname, t.typname),
       json_build_object('labels', (SELECT coalesce(json_agg(e.enumlabel ORDER BY e.enumsortorder), '[]')
                                    FROM pg_enum e WHERE e.enumtypid = t.oid))
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'e' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, t.typname
