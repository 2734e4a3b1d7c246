-- Roles that no grant and no policy binds.
SELECT r.rolname, concat_ws(' and ', CASE WHEN r.rolsuper THEN 'is a superuser' END, CASE WHEN r.rolbypassrls THEN 'passes by row security' END,
    CASE WHEN r.rolcreaterole THEN 'makes roles' END)
FROM pg_roles r
WHERE r.rolname IN (SELECT role FROM nexus_cells) AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole)
ORDER BY 1
