-- Roles that were granted something on these tables, or columns of them, or schemas: who is not among the roles asked for.
SELECT DISTINCT
    pg_describe_object(g.class, g.oid, g.part), coalesce(r.rolname, 'public'), lower(g.privilege_type)
FROM (
    SELECT 'pg_class'::regclass::oid, c.oid, 0, c.relowner, a.grantee, a.privilege_type
    FROM pg_class c, aclexplode(c.relacl) a WHERE c.relkind IN ('r', 'p', 'f')
    UNION ALL
    SELECT 'pg_class'::regclass::oid, c.oid, p.attnum, c.relowner, a.grantee, a.privilege_type
    FROM pg_class c JOIN pg_attribute p ON p.attrelid = c.oid, aclexplode(p.attacl) a
    WHERE c.relkind IN ('r', 'p', 'f') AND p.attnum > 0 AND NOT p.attisdropped
) AS g (class, oid, part, owner, grantee, privilege_type)
JOIN pg_class c ON c.oid = g.oid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_roles r ON r.oid = g.grantee
WHERE g.grantee <> g.owner
  AND (g.part <> 0 AND NOT EXISTS (SELECT FROM nexus_columns k WHERE (k.schema, k.relation, k.name, k.role) =
          (n.nspname, c.relname, (SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum = g.part), coalesce(r.rolname, 'public')))
      OR g.part = 0 AND NOT EXISTS (SELECT FROM nexus_cells k WHERE k.role = coalesce(r.rolname, 'public')))
  AND EXISTS (SELECT FROM nexus_cells k WHERE (k.schema, k.relation) = (n.nspname, c.relname))
ORDER BY 1, 2, 3
