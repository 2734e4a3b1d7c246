-- Operator classes with their members.
WITH f AS NOT MATERIALIZED (
    SELECT p.oid, quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')' AS name
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
), of_class AS (
    SELECT d.refobjid AS class, 1 AS part, a.amopstrategy AS number,
           'OPERATOR ' || a.amopstrategy || ' ' || quote_ident(n.nspname) || '.' || o.oprname || '('
           || format_type(a.amoplefttype, NULL) || ', ' || format_type(a.amoprighttype, NULL) || ')'
           || coalesce((SELECT ' FOR ORDER BY ' || quote_ident(sn.nspname) || '.' || quote_ident(s.opfname)
                        FROM pg_opfamily s JOIN pg_namespace sn ON sn.oid = s.opfnamespace WHERE s.oid = a.amopsortfamily), '') AS member
    FROM pg_depend d
    JOIN pg_amop a ON a.oid = d.objid
    JOIN pg_operator o ON o.oid = a.amopopr
    JOIN pg_namespace n ON n.oid = o.oprnamespace
    WHERE d.classid = 'pg_amop'::regclass AND d.refclassid = 'pg_opclass'::regclass
    UNION ALL
    SELECT d.refobjid, 2, a.amprocnum,
           'FUNCTION ' || a.amprocnum || ' (' || format_type(a.amproclefttype, NULL) || ', '
           || format_type(a.amprocrighttype, NULL) || ') ' || (SELECT f.name FROM f WHERE f.oid = a.amproc)
    FROM pg_depend d
    JOIN pg_amproc a ON a.oid = d.objid
    WHERE d.classid = 'pg_amproc'::regclass AND d.refclassid = 'pg_opclass'::regclass
), members AS (
    SELECT class, json_agg(member ORDER BY part, number, member COLLATE "C") AS members FROM of_class GROUP BY class
)
SELECT 'pg_opclass'::regclass::oid, c.oid, 0, json_build_array(n.nspname, c.opcname, m.amname),
       json_build_object(
           'default', c.opcdefault,
           'type', format_type(c.opcintype, NULL),
           'family', json_build_array(fn.nspname, fam.opfname),
           'storage', CASE WHEN c.opckeytype <> 0 THEN format_type(c.opckeytype, NULL) END,
           'members', coalesce(l.members, '[]'))
FROM pg_opclass c
JOIN pg_namespace n ON n.oid = c.opcnamespace
JOIN pg_am m ON m.oid = c.opcmethod
JOIN pg_opfamily fam ON fam.oid = c.opcfamily
JOIN pg_namespace fn ON fn.oid = fam.opfnamespace
LEFT JOIN members l ON l.class = c.oid
WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.opcname, m.amname
