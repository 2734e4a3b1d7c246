-- What can be named, in a comment or a grant, but is no object here: columns of relations that are no tables, the
-- indexes of constraints, and what PostgreSQL calls a not-null constraint of a domain (17) or a column (18). The kind to name them by, the path, and the address of what they are a part of.
SELECT 'pg_class'::regclass::oid, c.oid, a.attnum::int, 'column', json_build_array(n.nspname, c.relname, a.attname)::text,
       CASE c.relkind WHEN 'c' THEN 'pg_type'::regclass ELSE 'pg_class'::regclass END::oid,
       CASE c.relkind WHEN 'c' THEN c.reltype ELSE c.oid END, 0
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm', 'c') AND a.attnum > 0 AND NOT a.attisdropped AND c.oid >= 16384
UNION ALL
SELECT 'pg_class'::regclass::oid, c.conindid, 0, 'index', json_build_array(n.nspname, x.relname)::text,
       'pg_constraint'::regclass, c.oid, 0
FROM pg_constraint c
JOIN pg_class x ON x.oid = c.conindid
JOIN pg_namespace n ON n.oid = x.relnamespace
WHERE c.contype IN ('p', 'u', 'x') AND c.oid >= 16384
UNION ALL
SELECT 'pg_constraint'::regclass::oid, c.oid, 0, 'constraint', json_build_array(n.nspname, r.relname, c.conname)::text,
       'pg_class'::regclass, r.oid, c.conkey[1]
FROM pg_constraint c
JOIN pg_class r ON r.oid = c.conrelid
JOIN pg_namespace n ON n.oid = r.relnamespace
WHERE c.contype = 'n' AND c.oid >= 16384
UNION ALL
SELECT 'pg_constraint'::regclass::oid, c.oid, 0, 'domain check', json_build_array(n.nspname, t.typname, c.conname)::text,
       'pg_type'::regclass, t.oid, 0
FROM pg_constraint c
JOIN pg_type t ON t.oid = c.contypid
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE c.contype = 'n' AND c.oid >= 16384
ORDER BY 1, 2, 3
