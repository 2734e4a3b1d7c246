-- Rewrite rules, but for those that are the queries of views.
SELECT 'pg_rewrite'::regclass::oid, w.oid, 0, json_build_array(n.nspname, c.relname, w.rulename),
       json_build_object(
           'definition', rtrim(pg_get_ruledef(w.oid), ';'),
           'enabled', CASE w.ev_enabled WHEN 'O' THEN 'origin' WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' ELSE 'always' END)
FROM pg_rewrite w
JOIN pg_class c ON c.oid = w.ev_class
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE w.rulename <> '_RETURN' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname, w.rulename
