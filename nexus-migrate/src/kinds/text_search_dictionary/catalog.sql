-- Text search dictionaries.
SELECT 'pg_ts_dict'::regclass::oid, d.oid, 0, json_build_array(n.nspname, d.dictname),
       json_build_object(
           'template', quote_ident(tn.nspname) || '.' || quote_ident(t.tmplname),
           'options', d.dictinitoption)
FROM pg_ts_dict d
JOIN pg_namespace n ON n.oid = d.dictnamespace
JOIN pg_ts_template t ON t.oid = d.dicttemplate
JOIN pg_namespace tn ON tn.oid = t.tmplnamespace
WHERE d.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, d.dictname
