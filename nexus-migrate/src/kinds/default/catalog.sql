-- Defaults of columns of tables; generated columns are not defaults.
SELECT 'pg_attrdef'::regclass::oid, d.oid, 0, json_build_array(n.nspname, c.relname, a.attname),
       json_build_object('expr', pg_get_expr(d.adbin, d.adrelid))
FROM pg_attrdef d
JOIN pg_class c ON c.oid = d.adrelid
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.attgenerated = '' AND c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY d.oid
