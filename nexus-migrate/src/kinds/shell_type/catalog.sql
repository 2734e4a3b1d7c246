-- Names of base types before they have a definition. Where one has it, the name's own address is beside the type's.
SELECT 'pg_type'::regclass::oid, t.oid, CASE WHEN t.typisdefined THEN -1 ELSE 0 END, json_build_array(n.nspname, t.typname), '{}'::json
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.oid >= 16384 AND (t.typtype = 'b' AND t.typarray <> 0 OR t.typtype = 'p' AND NOT t.typisdefined)
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, t.typname
