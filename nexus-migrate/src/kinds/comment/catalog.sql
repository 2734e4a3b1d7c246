-- Comments, by the address of what they are on.
SELECT d.classoid, d.objoid, d.objsubid, json_build_array(), json_build_object('text', d.description)
FROM pg_description d
WHERE d.objoid >= 16384
   OR d.classoid = 'pg_namespace'::regclass AND d.objoid = 'public'::regnamespace AND d.description <> 'standard public schema'
ORDER BY d.classoid, d.objoid, d.objsubid
