-- What each role may do with each object, where it is not what a new object allows by itself.
WITH holders AS (
    SELECT 'pg_namespace'::regclass::oid AS class, n.oid, 0 AS sub, n.nspacl AS acl,
           CASE WHEN n.nspname = 'public' THEN acldefault('n', n.nspowner) || makeaclitem(0, n.nspowner, 'USAGE', false)
                ELSE acldefault('n', n.nspowner) END AS born, n.nspowner AS owner
    FROM pg_namespace n WHERE n.nspacl IS NOT NULL AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, 0, c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner), c.relowner
    FROM pg_class c WHERE c.relacl IS NOT NULL AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL
    SELECT 'pg_class'::regclass, a.attrelid, a.attnum, a.attacl, NULL::aclitem[], c.relowner
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, 0, t.typacl, acldefault('T', t.typowner), t.typowner FROM pg_type t WHERE t.typacl IS NOT NULL
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, 0, p.proacl, acldefault('f', p.proowner), p.proowner FROM pg_proc p WHERE p.proacl IS NOT NULL
), has AS (
    SELECT h.class, h.oid, h.sub, h.owner, x.grantee, x.privilege_type, x.is_grantable, now_
    FROM holders h
    CROSS JOIN LATERAL (SELECT a.*, true AS now_ FROM aclexplode(h.acl) AS a
                        UNION ALL SELECT a.*, false FROM aclexplode(h.born) AS a) AS x
), roles AS (
    SELECT class, oid, sub, owner, grantee,
           coalesce(json_agg(DISTINCT privilege_type) FILTER (WHERE now_ AND NOT is_grantable), '[]')::text AS privileges,
           coalesce(json_agg(DISTINCT privilege_type) FILTER (WHERE now_ AND is_grantable), '[]')::text AS grantable,
           coalesce(json_agg(DISTINCT privilege_type) FILTER (WHERE NOT now_), '[]')::text AS born
    FROM has GROUP BY class, oid, sub, owner, grantee
)
SELECT class, oid, sub,
       CASE WHEN grantee = 0 THEN json_build_array('') WHEN grantee = owner THEN json_build_array('', 'owner')
            ELSE json_build_array(pg_get_userbyid(grantee)) END,
       json_build_object('privileges', privileges::json, 'grantable', grantable::json)
FROM roles
WHERE (oid >= 16384 OR oid = to_regnamespace('public')) AND (privileges <> born OR grantable <> '[]')
ORDER BY class, oid, sub, grantee
