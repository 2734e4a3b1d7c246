SELECT concat_ws(E'\n',
  (SELECT string_agg(to_jsonb(r)::text, E'\n' ORDER BY r.oid) FROM pg_authid r),
  (SELECT string_agg(to_jsonb(m)::text, E'\n' ORDER BY m.roleid, m.member, m.grantor) FROM pg_auth_members m),
  (SELECT string_agg(to_jsonb(t)::text, E'\n' ORDER BY t.oid) FROM pg_tablespace t),
  (SELECT string_agg(to_jsonb(s)::text, E'\n' ORDER BY s.setdatabase, s.setrole) FROM pg_db_role_setting s),
  (SELECT string_agg(to_jsonb(p)::text, E'\n' ORDER BY p.oid) FROM pg_parameter_acl p),
  (SELECT string_agg(to_jsonb(d)::text, E'\n' ORDER BY d.objoid, d.classoid) FROM pg_shdescription d),
  (SELECT string_agg(to_jsonb(l)::text, E'\n' ORDER BY l.objoid, l.classoid, l.provider) FROM pg_shseclabel l),
  (SELECT string_agg(to_jsonb(o)::text, E'\n' ORDER BY o.roident) FROM pg_replication_origin o),
  (SELECT string_agg(s.slot_name, E'\n' ORDER BY s.slot_name) FROM pg_replication_slots s),
  (SELECT string_agg(s.subname, E'\n' ORDER BY s.subname) FROM pg_subscription s),
  (SELECT string_agg(concat_ws(' ', d.oid, d.datname, d.datdba, d.datacl, d.datconnlimit, d.datallowconn, d.datistemplate), E'\n' ORDER BY d.oid)
   FROM pg_database d)
)
