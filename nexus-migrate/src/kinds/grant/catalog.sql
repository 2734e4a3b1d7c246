-- What each role may do with each object, by who gave it, where it is not what a new object allows by itself.
WITH holders AS (
    SELECT 'pg_namespace'::regclass::oid AS class, n.oid, 0 AS sub, coalesce(n.nspacl, acldefault('n', n.nspowner)) AS acl,
           CASE WHEN n.nspname = 'public' THEN acldefault('n', n.nspowner) || makeaclitem(0, n.nspowner, 'USAGE', false)
                ELSE acldefault('n', n.nspowner) END AS born, n.nspowner AS owner
    FROM pg_namespace n WHERE (n.nspacl IS NOT NULL OR n.nspname = 'public') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, 0, c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner), c.relowner
    FROM pg_class c WHERE c.relacl IS NOT NULL AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL
    SELECT 'pg_class'::regclass, a.attrelid, a.attnum, a.attacl, NULL::aclitem[], c.relowner
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, 0, t.typacl, acldefault('T', t.typowner), t.typowner FROM pg_type t WHERE t.typacl IS NOT NULL
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, 0, p.proacl, acldefault('f', p.proowner), p.proowner FROM pg_proc p WHERE p.proacl IS NOT NULL
    UNION ALL
    SELECT 'pg_language'::regclass, l.oid, 0, l.lanacl, acldefault('l', l.lanowner), l.lanowner FROM pg_language l WHERE l.lanacl IS NOT NULL
    UNION ALL
    SELECT 'pg_foreign_data_wrapper'::regclass, w.oid, 0, w.fdwacl, acldefault('F', w.fdwowner), w.fdwowner
    FROM pg_foreign_data_wrapper w WHERE w.fdwacl IS NOT NULL
    UNION ALL
    SELECT 'pg_foreign_server'::regclass, s.oid, 0, s.srvacl, acldefault('S', s.srvowner), s.srvowner
    FROM pg_foreign_server s WHERE s.srvacl IS NOT NULL
), has AS (
    SELECT h.class, h.oid, h.sub, h.owner, x.grantee, x.grantor, x.privilege_type, x.is_grantable, now_
    FROM holders h
    CROSS JOIN LATERAL (SELECT a.*, true AS now_ FROM aclexplode(h.acl) AS a
                        UNION ALL SELECT a.*, false FROM aclexplode(h.born) AS a) AS x
    WHERE h.oid >= 16384 OR h.oid = to_regnamespace('public')
), roles AS (
    SELECT class, oid, sub, owner, grantee, grantor,
           coalesce(json_agg(DISTINCT privilege_type) FILTER (WHERE now_ AND NOT is_grantable), '[]')::text AS privileges,
           coalesce(json_agg(DISTINCT privilege_type) FILTER (WHERE now_ AND is_grantable), '[]')::text AS grantable,
           coalesce(json_agg(DISTINCT privilege_type) FILTER (WHERE NOT now_), '[]')::text AS born
    FROM has GROUP BY class, oid, sub, owner, grantee, grantor
)
SELECT class, oid, sub,
       to_json(CASE WHEN grantee = owner THEN ARRAY['', 'owner'] WHEN grantee = 0 THEN ARRAY['']
                    ELSE ARRAY[pg_get_userbyid(grantee)] END::text[]
               || CASE WHEN grantor <> owner THEN ARRAY['by', pg_get_userbyid(grantor)]::text[] ELSE '{}' END),
       json_build_object('privileges', privileges::json, 'grantable', grantable::json)
FROM roles
WHERE privileges <> born OR grantable <> '[]'
ORDER BY class, oid, sub, grantee, grantor
