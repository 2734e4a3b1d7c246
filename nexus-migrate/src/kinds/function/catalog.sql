-- Functions, procedures and window functions.
SELECT 'pg_proc'::regclass::oid, p.oid, 0, json_build_array(n.nspname, p.proname, oidvectortypes(p.proargtypes)),
       json_build_object(
           'routine', CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'w' THEN 'window' ELSE 'function' END,
           'arguments', pg_get_function_arguments(p.oid),
           'returns', pg_get_function_result(p.oid),
           'language', l.lanname,
           'body', CASE
               WHEN p.prosqlbody IS NOT NULL THEN json_build_object('sql', pg_get_function_sqlbody(p.oid))
               WHEN l.lanname = 'c' THEN json_build_object('symbol', json_build_object('file', p.probin, 'symbol', p.prosrc))
               ELSE json_build_object('text', p.prosrc) END,
           'volatility', CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
           'strict', p.proisstrict,
           'security_definer', p.prosecdef,
           'leakproof', p.proleakproof,
           'parallel', CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END,
           'cost', CASE WHEN p.procost <> CASE WHEN l.lanname IN ('internal', 'c') THEN 1 ELSE 100 END THEN p.procost::text END,
           'rows', CASE WHEN p.proretset AND p.prorows <> 1000 THEN p.prorows::text END,
           'support', (SELECT quote_ident(sn.nspname) || '.' || quote_ident(s.proname)
                       FROM pg_proc s JOIN pg_namespace sn ON sn.oid = s.pronamespace WHERE s.oid = p.prosupport),
           'settings', (SELECT coalesce(json_agg(o ORDER BY n), '[]') FROM unnest(p.proconfig) WITH ORDINALITY AS u (o, n)),
           'transforms', (SELECT coalesce(json_agg(format_type(o.type, NULL) ORDER BY o.n), '[]')
                          FROM unnest(p.protrftypes) WITH ORDINALITY AS o (type, n)))
FROM pg_proc p
JOIN pg_language l ON l.oid = p.prolang
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.prokind IN ('f', 'p', 'w') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  -- A range type comes with its constructors.
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
ORDER BY n.nspname, p.proname, oidvectortypes(p.proargtypes)
