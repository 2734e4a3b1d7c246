-- Owners other than the database's own; the schema public is born with pg_database_owner, which stands for it.
WITH me AS (SELECT datdba AS owner FROM pg_database WHERE datname = current_database())
SELECT o.class, o.oid, 0, json_build_array(), json_build_object('role', r.rolname)
FROM (
    SELECT 'pg_namespace'::regclass::oid AS class, oid, nspowner AS owner FROM pg_namespace
    UNION ALL SELECT 'pg_class'::regclass, c.oid, c.relowner FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
        OR c.relkind = 'S' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')
    UNION ALL SELECT 'pg_type'::regclass, t.oid, t.typowner FROM pg_type t
        WHERE t.typtype IN ('b', 'e', 'd', 'p', 'r') OR t.typtype = 'c' AND EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c')
    UNION ALL SELECT 'pg_proc'::regclass, oid, proowner FROM pg_proc
    UNION ALL SELECT 'pg_collation'::regclass, oid, collowner FROM pg_collation
    UNION ALL SELECT 'pg_statistic_ext'::regclass, oid, stxowner FROM pg_statistic_ext
    UNION ALL SELECT 'pg_language'::regclass, oid, lanowner FROM pg_language
    UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid, fdwowner FROM pg_foreign_data_wrapper
    UNION ALL SELECT 'pg_foreign_server'::regclass, oid, srvowner FROM pg_foreign_server
    UNION ALL SELECT 'pg_operator'::regclass, oid, oprowner FROM pg_operator
    UNION ALL SELECT 'pg_opfamily'::regclass, oid, opfowner FROM pg_opfamily
    UNION ALL SELECT 'pg_opclass'::regclass, oid, opcowner FROM pg_opclass
    UNION ALL SELECT 'pg_conversion'::regclass, oid, conowner FROM pg_conversion
    UNION ALL SELECT 'pg_ts_dict'::regclass, oid, dictowner FROM pg_ts_dict
    UNION ALL SELECT 'pg_ts_config'::regclass, oid, cfgowner FROM pg_ts_config
    UNION ALL SELECT 'pg_publication'::regclass, oid, pubowner FROM pg_publication
    UNION ALL SELECT 'pg_subscription'::regclass, oid, subowner FROM pg_subscription
        WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    UNION ALL SELECT 'pg_event_trigger'::regclass, oid, evtowner FROM pg_event_trigger
) AS o
JOIN pg_roles r ON r.oid = o.owner
CROSS JOIN me
WHERE (o.oid >= 16384 OR o.oid = to_regnamespace('public')) AND r.rolname <> 'pg_database_owner'
  AND (o.owner <> me.owner OR o.oid = to_regnamespace('public') AND current_setting('server_version_num')::int >= 150000)
ORDER BY o.class, o.oid
