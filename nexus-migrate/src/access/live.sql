-- What each role may do, in the order in which it is asked: t or f, or which of the two is not there. Whoever may not use
-- a schema can do nothing with what is in it.
SELECT CASE
    WHEN c.role <> 'public' AND r.oid IS NULL THEN 'role'
    WHEN n.oid IS NULL OR c.relation <> '' AND t.oid IS NULL THEN 'object'
    WHEN c.relation = '' THEN has_schema_privilege(c.role, n.oid, c.verb)::text
    ELSE (has_schema_privilege(c.role, n.oid, 'USAGE') AND has_table_privilege(c.role, t.oid, c.verb))::text
    END
FROM nexus_cells c
LEFT JOIN pg_roles r ON r.rolname = c.role
LEFT JOIN pg_namespace n ON n.nspname = c.schema
LEFT JOIN pg_class t ON t.relnamespace = n.oid AND t.relname = c.relation AND t.relkind IN ('r', 'p', 'f')
ORDER BY c.at
