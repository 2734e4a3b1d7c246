-- Comments, by the address of what they are on.
SELECT d.classoid, d.objoid, d.objsubid, json_build_array()::text, json_build_object('text', d.description)::text
FROM pg_description d
WHERE d.objoid >= 16384
   OR d.classoid = 'pg_namespace'::regclass AND d.objoid = to_regnamespace('public') AND d.description <> 'standard public schema'
UNION ALL
-- The schema public is born with a comment: to have none is to have an empty one.
SELECT 'pg_namespace'::regclass, n.oid, 0, json_build_array()::text, json_build_object('text', '')::text
FROM pg_namespace n WHERE n.nspname = 'public' AND obj_description(n.oid, 'pg_namespace') IS NULL
ORDER BY 1, 2, 3
