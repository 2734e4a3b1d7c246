-- Text search templates.
WITH f AS NOT MATERIALIZED (
    SELECT p.oid, quote_ident(n.nspname) || '.' || quote_ident(p.proname) AS name
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace)
SELECT 'pg_ts_template'::regclass::oid, t.oid, 0, json_build_array(n.nspname, t.tmplname),
       json_build_object(
           'init', (SELECT f.name FROM f WHERE f.oid = t.tmplinit),
           'lexize', (SELECT f.name FROM f WHERE f.oid = t.tmpllexize))
FROM pg_ts_template t
JOIN pg_namespace n ON n.oid = t.tmplnamespace
WHERE t.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, t.tmplname
