-- User mappings. Options whose names speak of secrets are never read; the view shows the others to those who may see them.
SELECT 'pg_user_mapping'::regclass::oid, m.umid, 0,
       json_build_array(m.srvname, CASE WHEN m.umuser = 0 THEN '' ELSE pg_get_userbyid(m.umuser) END),
       json_build_object('options', (SELECT coalesce(json_agg(o ORDER BY o), '[]') FROM unnest(m.umoptions) AS o
                                     WHERE split_part(o, '=', 1) !~* '(passw(or)?d(?!_required$)|passphrase|secret|token$|(api|access|private)_?key$|^scram_\w+_key$)'))
FROM pg_user_mappings m
ORDER BY m.srvname, m.umuser
