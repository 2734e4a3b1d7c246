-- The memberships of the server, whoever gave them: path and object. Inheriting and SET are the membership's own from 16 on.
SELECT json_build_array(r.rolname, m.rolname),
       json_build_object(
           'admin', bool_or(a.admin_option),
           'inherit', nullif(bool_or((to_jsonb(a) ->> 'inherit_option')::boolean), m.rolinherit),
           'no_set', NOT coalesce(bool_or((to_jsonb(a) ->> 'set_option')::boolean), true))
FROM pg_auth_members a
JOIN pg_roles r ON r.oid = a.roleid
JOIN pg_roles m ON m.oid = a.member
GROUP BY r.rolname, m.rolname, m.rolinherit
ORDER BY r.rolname, m.rolname
