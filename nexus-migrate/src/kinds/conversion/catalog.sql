-- Conversions between encodings.
SELECT 'pg_conversion'::regclass::oid, c.oid, 0, json_build_array(n.nspname, c.conname),
       json_build_object(
           'from', pg_encoding_to_char(c.conforencoding),
           'to', pg_encoding_to_char(c.contoencoding),
           'function', quote_ident(fn.nspname) || '.' || quote_ident(f.proname),
           'default', c.condefault)
FROM pg_conversion c
JOIN pg_namespace n ON n.oid = c.connamespace
JOIN pg_proc f ON f.oid = c.conproc
JOIN pg_namespace fn ON fn.oid = f.pronamespace
WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.conname
