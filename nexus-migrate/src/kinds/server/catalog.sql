-- Foreign servers. Options whose names speak of secrets are never read.
SELECT 'pg_foreign_server'::regclass::oid, s.oid, 0, json_build_array(s.srvname),
       json_build_object(
           'wrapper', w.fdwname,
           'type', s.srvtype,
           'version', s.srvversion,
           'options', (SELECT coalesce(json_agg(o ORDER BY o), '[]') FROM unnest(s.srvoptions) AS o
                       WHERE split_part(o, '=', 1) !~* '(passw(or)?d(?!_required$)|passphrase|secret|token$|(api|access|private)_?key$|^scram_\w+_key$)'))
FROM pg_foreign_server s
JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
ORDER BY s.srvname
