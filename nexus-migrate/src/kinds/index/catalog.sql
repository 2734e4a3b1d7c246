-- Indexes that no constraint owns.
SELECT 'pg_class'::regclass::oid, x.oid, 0, json_build_array(n.nspname, x.relname),
       json_build_object(
           'table', r.relname,
           'unique', i.indisunique,
           'nulls_not_distinct', i.indnullsnotdistinct,
           'method', m.amname,
           'keys', (SELECT json_agg(json_build_object(
                        'column', CASE WHEN u.attnum <> 0 THEN a.attname END,
                        'expr', CASE WHEN u.attnum = 0 THEN pg_get_indexdef(x.oid, u.n::int, false) END,
                        'collation', CASE WHEN i.indcollation[u.n - 1] <> 0 AND i.indcollation[u.n - 1] <> coalesce(a.attcollation, xt.typcollation) THEN
                            (SELECT quote_ident(cn.nspname) || '.' || quote_ident(co.collname)
                             FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = i.indcollation[u.n - 1]) END,
                        'opclass', CASE WHEN NOT oc.opcdefault OR xa.attoptions IS NOT NULL
                                           AND EXISTS (SELECT FROM unnest(xa.attoptions) AS o WHERE o NOT LIKE 'pg\_attver=%') THEN
                            quote_ident(ocn.nspname) || '.' || quote_ident(oc.opcname)
                            || coalesce(' (' || (SELECT string_agg(quote_ident(split_part(o, '=', 1)) || '='
                                                                   || quote_literal(substr(o, strpos(o, '=') + 1)), ', ')
                                                 FROM unnest(xa.attoptions) AS o WHERE o NOT LIKE 'pg\_attver=%') || ')', '') END,
                        'descending', i.indoption[u.n - 1] & 1 = 1,
                        'nulls_first', i.indoption[u.n - 1] & 2 = 2,
                        'statistics', nullif(xa.attstattarget, -1)) ORDER BY u.n)
                    FROM unnest(i.indkey) WITH ORDINALITY AS u (attnum, n)
                    JOIN pg_attribute xa ON xa.attrelid = x.oid AND xa.attnum = u.n
                    JOIN pg_type xt ON xt.oid = xa.atttypid
                    JOIN pg_opclass oc ON oc.oid = i.indclass[u.n - 1]
                    JOIN pg_namespace ocn ON ocn.oid = oc.opcnamespace
                    LEFT JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = u.attnum AND u.attnum <> 0
                    WHERE u.n <= i.indnkeyatts),
           'include', CASE WHEN i.indnatts = i.indnkeyatts THEN '[]' ELSE (SELECT coalesce(json_agg(a.attname ORDER BY u.n), '[]')
                       FROM unnest(i.indkey) WITH ORDINALITY AS u (attnum, n)
                       JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = u.attnum
                       WHERE u.n > i.indnkeyatts) END,
           'predicate', pg_get_expr(i.indpred, i.indrelid),
           'options', CASE WHEN x.reloptions IS NULL THEN '[]' ELSE (SELECT coalesce(json_agg(o ORDER BY n), '[]') FROM unnest(x.reloptions) WITH ORDINALITY AS u (o, n)) END,
           'tablespace', (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = x.reltablespace),
           'valid', i.indisvalid,
           'parent', CASE WHEN x.relispartition THEN
               (SELECT json_build_array(pn.nspname, p.relname)
                      FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
                      WHERE h.inhrelid = x.oid) END)
FROM pg_index i
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_class r ON r.oid = i.indrelid
JOIN pg_am m ON m.oid = x.relam
JOIN pg_namespace n ON n.oid = x.relnamespace
WHERE r.relkind IN ('r', 'p', 'm') AND r.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = x.oid AND c.contype IN ('p', 'u', 'x'))
ORDER BY x.oid
