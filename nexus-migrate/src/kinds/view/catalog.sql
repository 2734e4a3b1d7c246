-- Views.
SELECT 'pg_class'::regclass::oid, c.oid, 0, json_build_array(n.nspname, c.relname),
       json_build_object(
           'columns', (SELECT coalesce(json_agg(json_build_object(
                           'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
                           'default', (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d
                                       WHERE d.adrelid = c.oid AND d.adnum = a.attnum)) ORDER BY a.attnum), '[]')
                       FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
           'options', (SELECT coalesce(json_agg(o ORDER BY n), '[]') FROM unnest(c.reloptions) WITH ORDINALITY AS u (o, n)),
           'query', rtrim(pg_get_viewdef(c.oid), ';'))
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'v' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname
