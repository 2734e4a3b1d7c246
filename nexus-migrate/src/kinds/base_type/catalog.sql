-- Base types, as the pairs of CREATE TYPE.
WITH f AS NOT MATERIALIZED (
    SELECT p.oid, quote_ident(n.nspname) || '.' || quote_ident(p.proname) AS name
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace)
SELECT 'pg_type'::regclass::oid, t.oid, 0, json_build_array(n.nspname, t.typname),
       json_build_object('definition', (SELECT json_agg(json_build_array(d.k, d.v) ORDER BY d.o) FROM (VALUES
           (1, 'INPUT', (SELECT f.name FROM f WHERE f.oid = t.typinput)),
           (2, 'OUTPUT', (SELECT f.name FROM f WHERE f.oid = t.typoutput)),
           (3, 'RECEIVE', (SELECT f.name FROM f WHERE f.oid = t.typreceive)),
           (4, 'SEND', (SELECT f.name FROM f WHERE f.oid = t.typsend)),
           (5, 'TYPMOD_IN', (SELECT f.name FROM f WHERE f.oid = t.typmodin)),
           (6, 'TYPMOD_OUT', (SELECT f.name FROM f WHERE f.oid = t.typmodout)),
           (7, 'ANALYZE', (SELECT f.name FROM f WHERE f.oid = t.typanalyze)),
           (8, 'SUBSCRIPT', (SELECT f.name FROM f WHERE f.oid = t.typsubscript)),
           (9, 'INTERNALLENGTH', CASE WHEN t.typlen <> -1 THEN t.typlen::text END),
           (10, 'PASSEDBYVALUE', CASE WHEN t.typbyval THEN 'true' END),
           (11, 'ALIGNMENT', CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'd' THEN 'double' END),
           (12, 'STORAGE', CASE t.typstorage WHEN 'e' THEN 'external' WHEN 'x' THEN 'extended' WHEN 'm' THEN 'main' END),
           (13, 'CATEGORY', CASE WHEN t.typcategory <> 'U' THEN quote_literal(t.typcategory::text) END),
           (14, 'PREFERRED', CASE WHEN t.typispreferred THEN 'true' END),
           (15, 'DEFAULT', quote_literal(t.typdefault)),
           (16, 'ELEMENT', CASE WHEN t.typelem <> 0 THEN format_type(t.typelem, NULL) END),
           (17, 'DELIMITER', CASE WHEN t.typdelim <> ',' THEN quote_literal(t.typdelim::text) END),
           (18, 'COLLATABLE', CASE WHEN t.typcollation <> 0 THEN 'true' END)) AS d (o, k, v)
           WHERE d.v IS NOT NULL))
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.oid >= 16384 AND t.typtype = 'b' AND t.typarray <> 0 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, t.typname
