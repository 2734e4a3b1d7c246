-- Comments, by the address of what they are on.
SELECT d.classoid, d.objoid, d.objsubid, json_build_array()::text, json_build_object('text', d.description)::text
FROM pg_description d
WHERE CASE WHEN d.classoid = 'pg_namespace'::regclass AND d.objoid = to_regnamespace('public') THEN d.description <> 'standard public schema'
           ELSE d.objoid >= 16384 END
UNION ALL
-- The schema public is born with a comment: to have none is to have an empty one.
SELECT 'pg_namespace'::regclass, n.oid, 0, json_build_array()::text, json_build_object('text', '')::text
FROM pg_namespace n WHERE n.nspname = 'public' AND obj_description(n.oid, 'pg_namespace') IS NULL
ORDER BY 1, 2, 3
