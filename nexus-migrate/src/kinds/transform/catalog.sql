-- Transforms.
WITH f AS NOT MATERIALIZED (
    SELECT p.oid, quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')' AS name
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace)
SELECT 'pg_transform'::regclass::oid, t.oid, 0, json_build_array(format_type(t.trftype, NULL), l.lanname),
       json_build_object(
           'from_sql', (SELECT f.name FROM f WHERE f.oid = t.trffromsql),
           'to_sql', (SELECT f.name FROM f WHERE f.oid = t.trftosql))
FROM pg_transform t
JOIN pg_language l ON l.oid = t.trflang
WHERE t.oid >= 16384
ORDER BY format_type(t.trftype, NULL) COLLATE "C", l.lanname
