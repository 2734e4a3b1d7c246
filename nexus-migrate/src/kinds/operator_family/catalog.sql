-- Operator families with the members that no class of theirs has.
WITH f AS NOT MATERIALIZED (
    SELECT p.oid, quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')' AS name
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
), of_class AS (
    SELECT d.classid, d.objid FROM pg_depend d
    WHERE d.refclassid = 'pg_opclass'::regclass AND d.classid IN ('pg_amop'::regclass, 'pg_amproc'::regclass)
), loose AS (
    SELECT a.amopfamily AS family, 1 AS part, a.amopstrategy AS number,
           'OPERATOR ' || a.amopstrategy || ' ' || quote_ident(n.nspname) || '.' || o.oprname || '('
           || format_type(a.amoplefttype, NULL) || ', ' || format_type(a.amoprighttype, NULL) || ')'
           || coalesce((SELECT ' FOR ORDER BY ' || quote_ident(sn.nspname) || '.' || quote_ident(s.opfname)
                        FROM pg_opfamily s JOIN pg_namespace sn ON sn.oid = s.opfnamespace WHERE s.oid = a.amopsortfamily), '') AS member
    FROM pg_amop a
    JOIN pg_operator o ON o.oid = a.amopopr
    JOIN pg_namespace n ON n.oid = o.oprnamespace
    WHERE a.oid >= 16384 AND NOT EXISTS (SELECT FROM of_class c WHERE c.classid = 'pg_amop'::regclass AND c.objid = a.oid)
    UNION ALL
    SELECT a.amprocfamily, 2, a.amprocnum,
           'FUNCTION ' || a.amprocnum || ' (' || format_type(a.amproclefttype, NULL) || ', '
           || format_type(a.amprocrighttype, NULL) || ') ' || (SELECT f.name FROM f WHERE f.oid = a.amproc)
    FROM pg_amproc a
    WHERE a.oid >= 16384 AND NOT EXISTS (SELECT FROM of_class c WHERE c.classid = 'pg_amproc'::regclass AND c.objid = a.oid)
), members AS (
    SELECT family, json_agg(member ORDER BY part, number, member COLLATE "C") AS members FROM loose GROUP BY family
)
SELECT 'pg_opfamily'::regclass::oid, o.oid, 0, json_build_array(n.nspname, o.opfname, m.amname),
       json_build_object('members', coalesce(l.members, '[]'))
FROM pg_opfamily o
JOIN pg_namespace n ON n.oid = o.opfnamespace
JOIN pg_am m ON m.oid = o.opfmethod
LEFT JOIN members l ON l.family = o.oid
WHERE o.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, o.opfname, m.amname
