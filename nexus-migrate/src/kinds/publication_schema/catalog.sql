-- Schemas of publications.
SELECT 'pg_publication_namespace'::regclass::oid, r.oid, 0, json_build_array(p.pubname, n.nspname), json_build_object()
FROM pg_publication_namespace r
JOIN pg_publication p ON p.oid = r.pnpubid
JOIN pg_namespace n ON n.oid = r.pnnspid
ORDER BY p.pubname, n.nspname
