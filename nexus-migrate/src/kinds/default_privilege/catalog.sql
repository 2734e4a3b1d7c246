-- Default privileges. Those of a schema add to the built-in ones; those of no schema stand in their place.
WITH held AS (
    SELECT d.oid, d.defaclrole, d.defaclnamespace, d.defaclobjtype, x.grantee, x.privilege_type, x.is_grantable, x.held
    FROM pg_default_acl d
    CROSS JOIN LATERAL (
        SELECT a.grantee, a.privilege_type, a.is_grantable, true AS held FROM aclexplode(d.defaclacl) AS a
        UNION ALL
        SELECT a.grantee, a.privilege_type, a.is_grantable, false
        FROM aclexplode(CASE WHEN d.defaclnamespace = 0 THEN acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END::"char", d.defaclrole) END) AS a) AS x
), roles AS (
    SELECT oid, defaclrole, defaclnamespace, defaclobjtype, grantee,
           coalesce(json_agg(DISTINCT privilege_type) FILTER (WHERE held AND NOT is_grantable), '[]')::text AS privileges,
           coalesce(json_agg(DISTINCT privilege_type) FILTER (WHERE held AND is_grantable), '[]')::text AS grantable,
           coalesce(json_agg(DISTINCT privilege_type) FILTER (WHERE NOT held), '[]')::text AS born
    FROM held GROUP BY oid, defaclrole, defaclnamespace, defaclobjtype, grantee
)
SELECT 'pg_default_acl'::regclass::oid, r.oid, 0,
       json_build_array(pg_get_userbyid(r.defaclrole), coalesce(n.nspname, ''),
                        CASE r.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
                                             WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END,
                        CASE WHEN r.grantee = 0 THEN '' ELSE pg_get_userbyid(r.grantee) END),
       json_build_object('privileges', r.privileges::json, 'grantable', r.grantable::json)
FROM roles r
LEFT JOIN pg_namespace n ON n.oid = r.defaclnamespace
WHERE r.privileges <> r.born OR r.grantable <> '[]'
ORDER BY r.oid, r.grantee
