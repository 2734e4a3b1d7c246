-- Tables of publications, with the columns and the rows that are told.
SELECT 'pg_publication_rel'::regclass::oid, r.oid, 0, json_build_array(p.pubname, n.nspname, c.relname),
       json_build_object(
           'columns', (SELECT coalesce(json_agg(a.attname ORDER BY a.attnum), '[]')
                       FROM pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)),
           'where', pg_get_expr(r.prqual, r.prrelid))
FROM pg_publication_rel r
JOIN pg_publication p ON p.oid = r.prpubid
JOIN pg_class c ON c.oid = r.prrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY p.pubname, n.nspname, c.relname
