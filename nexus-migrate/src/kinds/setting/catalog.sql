-- Settings of the database, and of roles in it. Those of roles in every database are the server's.
SELECT 'pg_db_role_setting'::regclass::oid, s.setrole, c.n::int,
       json_build_array(CASE WHEN s.setrole = 0 THEN '' ELSE pg_get_userbyid(s.setrole) END, split_part(c.setting, '=', 1)),
       json_build_object('value', substr(c.setting, strpos(c.setting, '=') + 1))
FROM pg_db_role_setting s
CROSS JOIN LATERAL unnest(s.setconfig) WITH ORDINALITY AS c (setting, n)
WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY s.setrole, c.setting
