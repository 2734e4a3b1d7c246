-- Checks of domains. pg_get_constraintdef prints `CHECK (…)`; the expression alone is between.
SELECT 'pg_constraint'::regclass::oid, c.oid, 0, json_build_array(n.nspname, t.typname, c.conname),
       json_build_object('expr', pg_get_expr(c.conbin, 0), 'valid', c.convalidated)
FROM pg_constraint c
JOIN pg_type t ON t.oid = c.contypid
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE c.contype = 'c' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, t.typname, c.conname
