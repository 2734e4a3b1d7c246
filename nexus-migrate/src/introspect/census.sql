-- Objects that the model has no kind for: what they are, and their names.
WITH member AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
SELECT x.what, x.name FROM (
    SELECT 'cast' AS what, 'pg_cast'::regclass::oid AS class, oid, format_type(castsource, NULL) || ' to ' || format_type(casttarget, NULL) AS name FROM pg_cast
        -- A range type comes with a cast to its multirange.
        WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_cast'::regclass AND d.objid = pg_cast.oid AND d.deptype = 'i')
    UNION ALL SELECT 'operator', 'pg_operator'::regclass, oid, oid::regoperator::text FROM pg_operator
    UNION ALL SELECT 'operator class', 'pg_opclass'::regclass, oid, opcname FROM pg_opclass
    UNION ALL SELECT 'operator family', 'pg_opfamily'::regclass, f.oid, opfname FROM pg_opfamily f
        WHERE NOT EXISTS (SELECT FROM pg_opclass c WHERE c.opcfamily = f.oid)
    UNION ALL SELECT 'text search configuration', 'pg_ts_config'::regclass, oid, cfgname FROM pg_ts_config
    UNION ALL SELECT 'text search dictionary', 'pg_ts_dict'::regclass, oid, dictname FROM pg_ts_dict
    UNION ALL SELECT 'text search parser', 'pg_ts_parser'::regclass, oid, prsname FROM pg_ts_parser
    UNION ALL SELECT 'text search template', 'pg_ts_template'::regclass, oid, tmplname FROM pg_ts_template
    UNION ALL SELECT 'conversion', 'pg_conversion'::regclass, oid, conname FROM pg_conversion
    UNION ALL SELECT 'transform', 'pg_transform'::regclass, oid, format_type(trftype, NULL) FROM pg_transform
    UNION ALL SELECT 'base type', 'pg_type'::regclass, oid, oid::regtype::text FROM pg_type
        WHERE typtype = 'b' AND typelem = 0 AND typarray <> 0
    UNION ALL SELECT 'security label', 'pg_seclabel'::regclass, objoid, label FROM pg_seclabel
    -- Not-null constraints with a state of their own, and constraints that are not enforced, both new in 18.
    UNION ALL SELECT 'constraint that is not enforced', 'pg_constraint'::regclass, c.oid, c.conname
        FROM pg_constraint c WHERE to_jsonb(c) ->> 'conenforced' = 'false'
    UNION ALL SELECT 'not-null constraint that is not valid or not inherited', 'pg_constraint'::regclass, c.oid, c.conname
        FROM pg_constraint c WHERE c.contype = 'n' AND c.conrelid <> 0 AND (NOT c.convalidated OR c.connoinherit)
    UNION ALL SELECT 'function with transforms', 'pg_proc'::regclass, oid, oid::regprocedure::text FROM pg_proc WHERE protrftypes IS NOT NULL
    UNION ALL SELECT 'clustered materialized view', 'pg_class'::regclass, c.oid, c.oid::regclass::text
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relkind = 'm' AND (i.indisclustered OR i.indisreplident)
    UNION ALL SELECT 'trigger of a partition with a state of its own', 'pg_trigger'::regclass, t.oid, t.tgname
        FROM pg_trigger t JOIN pg_trigger p ON p.oid = t.tgparentid WHERE t.tgenabled <> p.tgenabled
    UNION ALL SELECT 'partition on its way out', 'pg_class'::regclass, i.inhrelid, i.inhrelid::regclass::text FROM pg_inherits i WHERE i.inhdetachpending
    UNION ALL SELECT 'dependency on an extension', d.classid, d.objid, pg_describe_object(d.classid, d.objid, d.objsubid)
        FROM pg_depend d WHERE d.deptype = 'x'
    UNION ALL SELECT 'object in a schema of the system', 'pg_class'::regclass, c.oid, c.oid::regclass::text
        FROM pg_class c WHERE c.relnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND c.relkind NOT IN ('i', 'I', 't')
    UNION ALL SELECT 'object in a schema of the system', 'pg_proc'::regclass, p.oid, p.oid::regprocedure::text
        FROM pg_proc p WHERE p.pronamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    UNION ALL SELECT 'object in a schema of the system', 'pg_type'::regclass, t.oid, t.oid::regtype::text
        FROM pg_type t WHERE t.typnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND t.typelem = 0 AND t.typtype <> 'c'
) AS x
WHERE x.oid >= 16384 AND NOT EXISTS (SELECT FROM member m WHERE m.classid = x.class AND m.objid = x.oid)
ORDER BY 1, 2
