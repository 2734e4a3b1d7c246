-- Columns of tables. A not-null constraint (18) is an attribute of its column: in a tree of tables it may have any of
-- the names that PostgreSQL gives. Newer minor releases keep a version of their own among the options; pg_dump leaves it out too. A partition declares all of its columns, whatever its parent says.
SELECT 'pg_class'::regclass::oid, c.oid, a.attnum, json_build_array(n.nspname, c.relname, a.attname),
       json_build_object(
           'ordinal', a.attnum,
           'type', format_type(a.atttypid, a.atttypmod),
           'collation', CASE WHEN a.attcollation <> t.typcollation THEN
               (SELECT quote_ident(cn.nspname) || '.' || quote_ident(co.collname)
                FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = a.attcollation) END,
           'not_null', a.attnotnull,
           'not_null_as', CASE WHEN k.oid IS NULL THEN '{}' ELSE json_build_object(
               'name', CASE WHEN rtrim(k.conname, '0123456789') <> c.relname || '_' || a.attname || '_not_null'
                             AND NOT (f.oid IS NOT NULL AND (k.conname ~ '_not_null[0-9]*$' OR NOT k.conislocal AND NOT c.relispartition OR EXISTS (
                                 SELECT FROM pg_inherits i
                                 JOIN pg_constraint pk ON pk.conrelid = i.inhparent AND pk.contype = 'n' AND pk.conname = k.conname
                                 WHERE i.inhrelid = c.oid))) THEN k.conname END,
               'not_valid', NOT k.convalidated,
               'no_inherit', k.connoinherit) END,
           'identity', CASE WHEN a.attidentity <> '' THEN
               (SELECT json_build_object('always', a.attidentity = 'a', 'options', json_build_object(
                           'start', s.seqstart, 'increment', s.seqincrement, 'min', s.seqmin,
                           'max', s.seqmax, 'cache', s.seqcache, 'cycle', s.seqcycle))
                FROM pg_depend d JOIN pg_sequence s ON s.seqrelid = d.objid
                WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
                  AND d.refobjid = c.oid AND d.refobjsubid = a.attnum AND d.deptype = 'i') END,
           'generated', CASE WHEN a.attgenerated <> '' THEN
               (SELECT json_build_object('expr', pg_get_expr(d.adbin, d.adrelid), 'stored', a.attgenerated = 's')
                FROM pg_attrdef d WHERE d.adrelid = c.oid AND d.adnum = a.attnum) END,
           'storage', CASE WHEN a.attstorage <> t.typstorage THEN
               CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'x' THEN 'extended' ELSE 'main' END END,
           'compression', CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
           'statistics', nullif(a.attstattarget, -1),
           'options', CASE WHEN a.attoptions IS NULL THEN '[]' ELSE
               (SELECT coalesce(json_agg(o ORDER BY n), '[]') FROM unnest(a.attoptions) WITH ORDINALITY AS u (o, n) WHERE o NOT LIKE 'pg\_attver=%') END,
           'fdw_options', CASE WHEN a.attfdwoptions IS NULL THEN '[]' ELSE
               (SELECT coalesce(json_agg(o ORDER BY o), '[]') FROM unnest(a.attfdwoptions) AS o
                           WHERE split_part(o, '=', 1) !~* '(passw(or)?d(?!_required$)|passphrase|secret|token$|(api|access|private)_?key$|^scram_\w+_key$)') END,
           'inherited', NOT a.attislocal AND NOT c.relispartition)
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_constraint k ON k.contype = 'n' AND k.conrelid = c.oid AND k.conkey[1] = a.attnum
LEFT JOIN (SELECT inhparent AS oid FROM pg_inherits UNION SELECT inhrelid FROM pg_inherits) AS f ON f.oid = c.oid
WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't' AND a.attnum > 0 AND NOT a.attisdropped
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY c.oid, a.attnum
