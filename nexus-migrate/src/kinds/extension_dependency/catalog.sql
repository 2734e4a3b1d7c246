-- Which objects go when an extension goes, by the address of the object.
SELECT d.classid, d.objid, d.objsubid, json_build_array(e.extname), json_build_object()
FROM pg_depend d
JOIN pg_extension e ON e.oid = d.refobjid
WHERE d.deptype = 'x' AND d.refclassid = 'pg_extension'::regclass
ORDER BY d.classid, d.objid, d.objsubid, e.extname
