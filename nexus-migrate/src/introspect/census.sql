-- Objects that the model has no kind for: what they are, and their names.
WITH member AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
SELECT x.what, x.name FROM (
    SELECT 'inside of a foreign key of a partition, with a state of its own' AS what, 'pg_trigger'::regclass::oid AS class, t.oid, t.tgname::text AS name
        FROM pg_trigger t JOIN pg_trigger p ON p.oid = t.tgparentid WHERE t.tgenabled <> p.tgenabled AND t.tgisinternal
    UNION ALL SELECT 'partition on its way out', 'pg_class'::regclass, i.inhrelid, i.inhrelid::regclass::text FROM pg_inherits i WHERE i.inhdetachpending
    UNION ALL SELECT 'object in a schema of the system', 'pg_class'::regclass, c.oid, c.oid::regclass::text
        FROM pg_class c WHERE c.relnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND c.relkind NOT IN ('i', 'I', 't')
    UNION ALL SELECT 'object in a schema of the system', 'pg_proc'::regclass, p.oid, p.oid::regprocedure::text
        FROM pg_proc p WHERE p.pronamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    UNION ALL SELECT 'object in a schema of the system', 'pg_type'::regclass, t.oid, t.oid::regtype::text
        FROM pg_type t WHERE t.typnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND t.typelem = 0 AND t.typtype <> 'c'
    UNION ALL SELECT 'range type whose multirange type is in another schema', 'pg_type'::regclass, t.oid, t.oid::regtype::text
        FROM pg_range r JOIN pg_type t ON t.oid = r.rngtypid JOIN pg_type m ON m.oid = r.rngmultitypid WHERE m.typnamespace <> t.typnamespace
) AS x
WHERE x.oid >= 16384 AND NOT EXISTS (SELECT FROM member m WHERE m.classid = x.class AND m.objid = x.oid)
ORDER BY 1, 2
