-- Publications. Generated columns can be told from 18 on.
SELECT 'pg_publication'::regclass::oid, p.oid, 0, json_build_array(p.pubname),
       json_build_object(
           'all_tables', p.puballtables,
           'publish', array_remove(ARRAY[CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
                                         CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END], NULL),
           'via_root', p.pubviaroot,
           'generated_columns', CASE to_jsonb(p) ->> 'pubgencols' WHEN 's' THEN 'stored' END)
FROM pg_publication p
ORDER BY p.pubname
