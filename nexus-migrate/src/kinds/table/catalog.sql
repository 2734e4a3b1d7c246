-- Tables, ordinary, partitioned and foreign.
SELECT 'pg_class'::regclass::oid, c.oid, 0, json_build_array(n.nspname, c.relname),
       json_build_object(
           'form', CASE c.relkind WHEN 'p' THEN json_build_object('partitioned', pg_get_partkeydef(c.oid))
                                  WHEN 'f' THEN json_build_object('foreign', json_build_object('server', fs.srvname, 'options', (
                                      SELECT coalesce(json_agg(o ORDER BY o), '[]') FROM unnest(ft.ftoptions) AS o
                                      WHERE split_part(o, '=', 1) !~* '(passw(or)?d(?!_required$)|passphrase|secret|token$|(api|access|private)_?key$|^scram_\w+_key$)')))
                                  ELSE to_json('ordinary'::text) END,
           'logged', c.relpersistence <> 'u',
           'options', (SELECT coalesce(json_agg(o ORDER BY whose, n), '[]') FROM (
                           SELECT 1 AS whose, u.* FROM unnest(c.reloptions) WITH ORDINALITY AS u (o, n)
                           UNION ALL
                           SELECT 2, 'toast.' || u.o, u.n FROM pg_class t CROSS JOIN unnest(t.reloptions) WITH ORDINALITY AS u (o, n)
                           WHERE t.oid = c.reltoastrelid) AS x),
           'inherits', (SELECT coalesce(json_agg(json_build_array(pn.nspname, p.relname) ORDER BY i.inhseqno), '[]')
                        FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
                        WHERE i.inhrelid = c.oid AND NOT c.relispartition),
           'of_type', (SELECT json_build_array(tn.nspname, t.typname)
                       FROM pg_type t JOIN pg_namespace tn ON tn.oid = t.typnamespace WHERE t.oid = c.reloftype),
           'access_method', (SELECT m.amname FROM pg_am m WHERE m.oid = c.relam AND m.amname <> 'heap'),
           'tablespace', (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace),
           'row_security', c.relrowsecurity,
           'force_row_security', c.relforcerowsecurity,
           'replica_identity', CASE WHEN c.relkind = 'f' THEN 'default' ELSE CASE c.relreplident WHEN 'd' THEN 'default' WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full'
               ELSE coalesce((SELECT ' ' || x.relname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
                              WHERE i.indrelid = c.oid AND i.indisreplident), 'default') END END,
           'clustered_on', (SELECT x.relname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
                            WHERE i.indrelid = c.oid AND i.indisclustered))
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_foreign_table ft ON ft.ftrelid = c.oid
LEFT JOIN pg_foreign_server fs ON fs.oid = ft.ftserver
WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname
