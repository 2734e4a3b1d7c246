-- The roles of the server but for its own: path, object, and comment. Passwords are not even asked for.
SELECT json_build_array(r.rolname),
       json_build_object(
           'superuser', r.rolsuper,
           'create_db', r.rolcreatedb,
           'create_role', r.rolcreaterole,
           'inherit', r.rolinherit,
           'login', r.rolcanlogin,
           'replication', r.rolreplication,
           'bypass_rls', r.rolbypassrls,
           'connection_limit', nullif(r.rolconnlimit, -1),
           'valid_until', CASE WHEN isfinite(r.rolvaliduntil) THEN (to_jsonb(r.rolvaliduntil AT TIME ZONE 'UTC') #>> '{}') || '+00' END),
       shobj_description(r.oid, 'pg_authid')
FROM pg_roles r
WHERE r.rolname !~ '^pg_'
ORDER BY r.rolname
