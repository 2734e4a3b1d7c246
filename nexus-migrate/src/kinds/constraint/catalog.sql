-- Constraints of tables. Not-null constraints (18) are an attribute of their column.
SELECT 'pg_constraint'::regclass::oid, c.oid, 0, json_build_array(n.nspname, r.relname, c.conname),
       json_build_object(
           'body', CASE
               WHEN c.contype IN ('p', 'u') THEN json_build_object(
                   CASE c.contype WHEN 'p' THEN 'primary_key' ELSE 'unique' END,
                   (SELECT CASE c.contype
                        WHEN 'p' THEN json_build_object('columns', k.keys, 'include', k.include, 'options', k.options,
                                                        'tablespace', k.tablespace, 'without_overlaps', c.period)
                        ELSE json_build_object('columns', k.keys, 'include', k.include, 'options', k.options,
                                               'tablespace', k.tablespace, 'without_overlaps', c.period,
                                               'nulls_not_distinct', k.nulls_not_distinct) END
                    FROM (SELECT
                              (SELECT json_agg(a.attname ORDER BY array_position(c.conkey, a.attnum)) FROM pg_attribute a
                               WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)) AS keys,
                              CASE WHEN i.indnatts = i.indnkeyatts THEN '[]' ELSE
                                  (SELECT json_agg(a.attname ORDER BY u.n) FROM unnest(i.indkey) WITH ORDINALITY AS u (attnum, n)
                                   JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.attnum
                                   WHERE u.n > i.indnkeyatts) END AS include,
                              CASE WHEN x.reloptions IS NULL THEN '[]' ELSE
                                  (SELECT json_agg(o ORDER BY n) FROM unnest(x.reloptions) WITH ORDINALITY AS u (o, n)) END AS options,
                              CASE WHEN x.reltablespace <> 0 THEN
                                  (SELECT ts.spcname FROM pg_tablespace ts WHERE ts.oid = x.reltablespace) END AS tablespace,
                              i.indnullsnotdistinct AS nulls_not_distinct
                          FROM pg_index i
                          JOIN pg_class x ON x.oid = i.indexrelid
                          WHERE i.indexrelid = c.conindid) AS k))
               WHEN c.contype = 'c' THEN json_build_object('check', json_build_object(
                   'expr', pg_get_expr(c.conbin, c.conrelid), 'no_inherit', c.connoinherit))
               WHEN c.contype = 'f' THEN json_build_object('foreign_key', json_build_object(
                   'columns', (SELECT json_agg(a.attname ORDER BY u.n) FROM unnest(c.conkey) WITH ORDINALITY AS u (attnum, n)
                               JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = u.attnum),
                   'table', (SELECT json_build_array(fn.nspname, f.relname) FROM pg_class f
                             JOIN pg_namespace fn ON fn.oid = f.relnamespace WHERE f.oid = c.confrelid),
                   'target', (SELECT json_agg(a.attname ORDER BY u.n) FROM unnest(c.confkey) WITH ORDINALITY AS u (attnum, n)
                              JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = u.attnum),
                   'match_', CASE c.confmatchtype WHEN 'f' THEN 'full' ELSE 'simple' END,
                   'on_update', CASE c.confupdtype WHEN 'a' THEN 'no_action' WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade'
                                                   WHEN 'n' THEN 'set_null' ELSE 'set_default' END,
                   'on_delete', CASE c.confdeltype WHEN 'a' THEN 'no_action' WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade'
                                                   WHEN 'n' THEN 'set_null' ELSE 'set_default' END,
                   'on_delete_columns', CASE WHEN c.confdelsetcols IS NULL THEN '[]' ELSE (SELECT coalesce(json_agg(a.attname ORDER BY u.n), '[]')
                                         FROM unnest(c.confdelsetcols) WITH ORDINALITY AS u (attnum, n)
                                         JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = u.attnum) END,
                   'period', c.period))
               ELSE json_build_object('definition', pg_get_constraintdef(c.oid)) END,
           'deferrable', c.condeferrable,
           'initially_deferred', c.condeferred,
           'valid', c.convalidated OR c.not_enforced,
           'inherited', NOT c.conislocal,
           'not_enforced', c.not_enforced)
-- What PostgreSQL 18 has for constraints, temporal ones and those that nothing checks: before it, both names are found
-- in the outer of the two queries.
FROM (SELECT false AS conperiod, true AS conenforced) AS before_18
CROSS JOIN LATERAL (SELECT k.*, conperiod AS period, NOT conenforced AS not_enforced FROM pg_constraint k) AS c
JOIN pg_class r ON r.oid = c.conrelid
JOIN pg_namespace n ON n.oid = r.relnamespace
WHERE c.contype IN ('p', 'u', 'c', 'f', 'x') AND r.relkind IN ('r', 'p', 'f') AND r.relpersistence <> 't'
  AND NOT (c.contype = 'f' AND c.conparentid <> 0
           AND EXISTS (SELECT FROM pg_constraint p WHERE p.oid = c.conparentid AND p.conrelid = c.conrelid))
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY c.oid
