-- Materialized views.
SELECT 'pg_class'::regclass::oid, c.oid, 0, json_build_array(n.nspname, c.relname),
       json_build_object(
           'columns', (SELECT coalesce(json_agg(json_build_object(
                           'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'default', NULL) ORDER BY a.attnum), '[]')
                       FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
           'options', (SELECT coalesce(json_agg(o ORDER BY n), '[]') FROM unnest(c.reloptions) WITH ORDINALITY AS u (o, n)),
           'query', rtrim(pg_get_viewdef(c.oid), ';'),
           'populated', c.relispopulated,
           'access_method', (SELECT m.amname FROM pg_am m WHERE m.oid = c.relam AND m.amname <> 'heap'),
           'tablespace', (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace),
           'clustered_on', (SELECT x.relname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
                            WHERE i.indrelid = c.oid AND i.indisclustered),
           'replica_identity', CASE c.relreplident WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' WHEN 'i' THEN
               (SELECT ' ' || x.relname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
                WHERE i.indrelid = c.oid AND i.indisreplident) END,
           'settings', (SELECT coalesce(json_agg(s.setting ORDER BY s.attname), '[]') FROM (
               SELECT a.attname, json_build_object(
                   'column', a.attname,
                   'storage', CASE WHEN a.attstorage <> t.typstorage THEN
                       CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'x' THEN 'extended' ELSE 'main' END END,
                   'compression', CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
                   'statistics', nullif(a.attstattarget, -1),
                   'options', o.options) AS setting
               FROM pg_attribute a
               JOIN pg_type t ON t.oid = a.atttypid
               CROSS JOIN LATERAL (SELECT coalesce(json_agg(o ORDER BY o), '[]') AS options, count(*) AS n
                                   FROM unnest(a.attoptions) AS o WHERE o NOT LIKE 'pg\_attver=%') AS o
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                 AND (a.attstorage <> t.typstorage OR a.attcompression <> '' OR coalesce(a.attstattarget, -1) <> -1 OR o.n > 0)) AS s))
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'm' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname
