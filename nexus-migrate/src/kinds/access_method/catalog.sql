-- Access methods, but for PostgreSQL's own.
SELECT 'pg_am'::regclass::oid, m.oid, 0, json_build_array(m.amname),
       json_build_object('type', CASE m.amtype WHEN 't' THEN 'TABLE' ELSE 'INDEX' END,
                         'handler', quote_ident(n.nspname) || '.' || quote_ident(p.proname))
FROM pg_am m
JOIN pg_proc p ON p.oid = m.amhandler
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE m.oid >= 16384
ORDER BY m.amname
