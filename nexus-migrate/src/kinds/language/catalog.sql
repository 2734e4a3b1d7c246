-- Procedural languages, but for the one every database is born with.
SELECT 'pg_language'::regclass::oid, l.oid, 0, json_build_array(l.lanname),
       json_build_object(
           'trusted', l.lanpltrusted,
           'handler', quote_ident(hn.nspname) || '.' || quote_ident(h.proname),
           'inline', quote_ident(inl.nspname) || '.' || quote_ident(i.proname),
           'validator', quote_ident(vn.nspname) || '.' || quote_ident(v.proname))
FROM pg_language l
JOIN pg_proc h ON h.oid = l.lanplcallfoid
JOIN pg_namespace hn ON hn.oid = h.pronamespace
LEFT JOIN pg_proc i ON i.oid = l.laninline
LEFT JOIN pg_namespace inl ON inl.oid = i.pronamespace
LEFT JOIN pg_proc v ON v.oid = l.lanvalidator
LEFT JOIN pg_namespace vn ON vn.oid = v.pronamespace
WHERE l.lanispl AND l.lanname <> 'plpgsql'
ORDER BY l.lanname
