-- Collations. The columns for locales moved between majors: 15 and 16 have colliculocale, 17 has colllocale.
SELECT 'pg_collation'::regclass::oid, c.oid, 0, json_build_array(n.nspname, c.collname),
       json_build_object(
           'provider', CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'c' THEN 'libc' WHEN 'b' THEN 'builtin' ELSE 'default' END,
           'deterministic', c.collisdeterministic,
           'locale', coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale', c.collcollate),
           'ctype', CASE WHEN c.collctype <> c.collcollate THEN c.collctype END,
           'rules', to_jsonb(c) ->> 'collicurules')
FROM pg_collation c
JOIN pg_namespace n ON n.oid = c.collnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.collname
