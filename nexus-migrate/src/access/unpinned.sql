-- Functions that run with their owner's rights and find names where their caller says.
SELECT p.oid::regprocedure::text
FROM pg_proc p
WHERE p.prosecdef AND p.oid >= 16384
  AND NOT EXISTS (SELECT FROM unnest(p.proconfig) s WHERE s LIKE 'search_path=%')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY 1
