-- Operators. One without a function is a name that another one's commutator or negator has left open.
WITH f AS NOT MATERIALIZED (
    SELECT p.oid, quote_ident(n.nspname) || '.' || quote_ident(p.proname) AS name
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
), o AS NOT MATERIALIZED (
    SELECT o.oid, json_build_array(n.nspname, o.oprname) AS name FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace)
SELECT 'pg_operator'::regclass::oid, p.oid, 0,
       json_build_array(n.nspname, p.oprname, CASE WHEN p.oprleft = 0 THEN '' ELSE format_type(p.oprleft, NULL) END,
                        format_type(p.oprright, NULL)),
       json_build_object(
           'function', (SELECT f.name FROM f WHERE f.oid = p.oprcode),
           'commutator', (SELECT o.name FROM o WHERE o.oid = p.oprcom),
           'negator', (SELECT o.name FROM o WHERE o.oid = p.oprnegate),
           'restrict', (SELECT f.name FROM f WHERE f.oid = p.oprrest),
           'join', (SELECT f.name FROM f WHERE f.oid = p.oprjoin),
           'hashes', p.oprcanhash,
           'merges', p.oprcanmerge)
FROM pg_operator p
JOIN pg_namespace n ON n.oid = p.oprnamespace
WHERE p.oid >= 16384 AND p.oprcode <> 0 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, p.oprname, format_type(p.oprleft, NULL) COLLATE "C", format_type(p.oprright, NULL) COLLATE "C"
