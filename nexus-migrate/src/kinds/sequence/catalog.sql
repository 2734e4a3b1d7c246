-- Sequences, but for the inside of identity columns.
SELECT 'pg_class'::regclass::oid, c.oid, 0, json_build_array(n.nspname, c.relname),
       json_build_object(
           'data_type', format_type(s.seqtypid, NULL),
           'options', json_build_object('start', s.seqstart, 'increment', s.seqincrement, 'min', s.seqmin,
                                        'max', s.seqmax, 'cache', s.seqcache, 'cycle', s.seqcycle),
           'logged', c.relpersistence <> 'u',
           'owned_by', (SELECT json_build_array(tn.nspname, t.relname, a.attname)
                        FROM pg_depend d
                        JOIN pg_class t ON t.oid = d.refobjid
                        JOIN pg_namespace tn ON tn.oid = t.relnamespace
                        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
                          AND d.deptype = 'a' AND d.refobjsubid > 0))
FROM pg_sequence s
JOIN pg_class c ON c.oid = s.seqrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relpersistence <> 't'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')
ORDER BY n.nspname, c.relname
