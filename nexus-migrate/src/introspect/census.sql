-- Objects that the model has no kind for: what they are, and their names.
WITH member AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
SELECT x.what, x.name FROM (
    -- Not-null constraints with a state of their own, and constraints that are not enforced, both new in 18.
    SELECT 'constraint that is not enforced' AS what, 'pg_constraint'::regclass::oid AS class, c.oid, c.conname::text AS name
        FROM pg_constraint c WHERE to_jsonb(c) ->> 'conenforced' = 'false'
    UNION ALL SELECT 'not-null constraint that is not valid or not inherited', 'pg_constraint'::regclass, c.oid, c.conname
        FROM pg_constraint c WHERE c.contype = 'n' AND c.conrelid <> 0 AND (NOT c.convalidated OR c.connoinherit)
    UNION ALL SELECT 'clustered materialized view', 'pg_class'::regclass, c.oid, c.oid::regclass::text
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relkind = 'm' AND (i.indisclustered OR i.indisreplident)
    UNION ALL SELECT 'trigger of a partition with a state of its own', 'pg_trigger'::regclass, t.oid, t.tgname
        FROM pg_trigger t JOIN pg_trigger p ON p.oid = t.tgparentid WHERE t.tgenabled <> p.tgenabled
    UNION ALL SELECT 'partition on its way out', 'pg_class'::regclass, i.inhrelid, i.inhrelid::regclass::text FROM pg_inherits i WHERE i.inhdetachpending
    UNION ALL SELECT 'object in a schema of the system', 'pg_class'::regclass, c.oid, c.oid::regclass::text
        FROM pg_class c WHERE c.relnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND c.relkind NOT IN ('i', 'I', 't')
    UNION ALL SELECT 'object in a schema of the system', 'pg_proc'::regclass, p.oid, p.oid::regprocedure::text
        FROM pg_proc p WHERE p.pronamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    UNION ALL SELECT 'object in a schema of the system', 'pg_type'::regclass, t.oid, t.oid::regtype::text
        FROM pg_type t WHERE t.typnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND t.typelem = 0 AND t.typtype <> 'c'
) AS x
WHERE x.oid >= 16384 AND NOT EXISTS (SELECT FROM member m WHERE m.classid = x.class AND m.objid = x.oid)
ORDER BY 1, 2
