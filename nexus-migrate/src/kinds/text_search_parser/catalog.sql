-- Text search parsers.
WITH f AS NOT MATERIALIZED (
    SELECT p.oid, quote_ident(n.nspname) || '.' || quote_ident(p.proname) AS name
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace)
SELECT 'pg_ts_parser'::regclass::oid, p.oid, 0, json_build_array(n.nspname, p.prsname),
       json_build_object(
           'start', (SELECT f.name FROM f WHERE f.oid = p.prsstart),
           'gettoken', (SELECT f.name FROM f WHERE f.oid = p.prstoken),
           'end', (SELECT f.name FROM f WHERE f.oid = p.prsend),
           'lextypes', (SELECT f.name FROM f WHERE f.oid = p.prslextype),
           'headline', (SELECT f.name FROM f WHERE f.oid = p.prsheadline))
FROM pg_ts_parser p
JOIN pg_namespace n ON n.oid = p.prsnamespace
WHERE p.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, p.prsname
