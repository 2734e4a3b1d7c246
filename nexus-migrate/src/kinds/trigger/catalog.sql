-- Triggers, but for the inside of constraints and the copies that partitions have of their parent's; of these, the
-- ones of which something else is said than of the parent's.
SELECT 'pg_trigger'::regclass::oid, t.oid, 0, json_build_array(n.nspname, c.relname, t.tgname),
       json_build_object(
           'timing', CASE WHEN t.tgtype & 64 <> 0 THEN 'INSTEAD OF' WHEN t.tgtype & 2 <> 0 THEN 'BEFORE' ELSE 'AFTER' END,
           'events', (SELECT json_agg(e.word ORDER BY e.n)
                      FROM (VALUES (1, 4, 'INSERT'), (2, 16, 'UPDATE'), (3, 8, 'DELETE'), (4, 32, 'TRUNCATE')) AS e (n, bit, word)
                      WHERE t.tgtype & e.bit <> 0),
           'columns', (SELECT coalesce(json_agg(a.attname ORDER BY u.n), '[]')
                       FROM unnest(t.tgattr) WITH ORDINALITY AS u (attnum, n)
                       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.attnum),
           'for_each_row', t.tgtype & 1 = 1,
           'when', CASE WHEN t.tgqual IS NOT NULL THEN
               (regexp_match(pg_get_triggerdef(t.oid), 'WHEN \((.*)\) EXECUTE (?:FUNCTION|PROCEDURE) '))[1] END,
           'function', json_build_array(fn.nspname, f.proname),
           'arguments', (SELECT coalesce(json_agg(convert_from(a.arg, 'UTF8') ORDER BY a.n), '[]') FROM (
                             SELECT decode(x.hex, 'hex') AS arg, x.n
                             FROM unnest(regexp_split_to_array(regexp_replace(encode(t.tgargs, 'hex'), '((?:..)*?)00', '\1 ', 'g'), ' '))
                                  WITH ORDINALITY AS x (hex, n)
                             WHERE x.n <= t.tgnargs) AS a),
           'constraint', t.tgconstraint <> 0,
           'deferrable', t.tgdeferrable,
           'initially_deferred', t.tginitdeferred,
           'old_table', t.tgoldtable,
           'new_table', t.tgnewtable,
           'from_table', (SELECT json_build_array(rn.nspname, r.relname)
                          FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace WHERE r.oid = t.tgconstrrelid),
           'enabled', CASE t.tgenabled WHEN 'O' THEN 'origin' WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' ELSE 'always' END,
           'inherited', t.tgparentid <> 0)
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_proc f ON f.oid = t.tgfoid
JOIN pg_namespace fn ON fn.oid = f.pronamespace
LEFT JOIN pg_trigger p ON p.oid = t.tgparentid
LEFT JOIN pg_description d ON d.classoid = 'pg_trigger'::regclass AND d.objoid = t.oid
WHERE NOT t.tgisinternal AND (t.tgparentid = 0 OR t.tgenabled <> p.tgenabled OR d.objoid IS NOT NULL) AND c.relkind IN ('r', 'p', 'v', 'f')
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname, t.tgname
