-- Foreign-data wrappers. Options whose names speak of secrets are never read.
SELECT 'pg_foreign_data_wrapper'::regclass::oid, w.oid, 0, json_build_array(w.fdwname),
       json_build_object(
           'handler', (SELECT quote_ident(n.nspname) || '.' || quote_ident(p.proname)
                       FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.oid = w.fdwhandler),
           'validator', (SELECT quote_ident(n.nspname) || '.' || quote_ident(p.proname)
                         FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.oid = w.fdwvalidator),
           'options', (SELECT coalesce(json_agg(o ORDER BY o), '[]') FROM unnest(w.fdwoptions) AS o
                       WHERE split_part(o, '=', 1) !~* '(passw(or)?d(?!_required$)|passphrase|secret|token$|(api|access|private)_?key$|^scram_\w+_key$)'))
FROM pg_foreign_data_wrapper w
ORDER BY w.fdwname
