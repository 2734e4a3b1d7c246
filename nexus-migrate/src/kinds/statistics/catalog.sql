-- Extended statistics. The target is -1 (to 16) or NULL (from 17) for the default.
SELECT 'pg_statistic_ext'::regclass::oid, s.oid, 0, json_build_array(n.nspname, s.stxname),
       json_build_object(
           'table', json_build_array(rn.nspname, r.relname),
           'definition', pg_get_statisticsobjdef(s.oid),
           'target', nullif(s.stxstattarget, -1))
FROM pg_statistic_ext s
JOIN pg_class r ON r.oid = s.stxrelid
JOIN pg_namespace rn ON rn.oid = r.relnamespace
JOIN pg_namespace n ON n.oid = s.stxnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, s.stxname
