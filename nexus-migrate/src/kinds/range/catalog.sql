-- Range types.
SELECT 'pg_type'::regclass::oid, t.oid, 0, json_build_array(n.nspname, t.typname),
       json_build_object(
           'subtype', format_type(r.rngsubtype, NULL),
           'opclass', CASE WHEN NOT oc.opcdefault THEN
               (SELECT quote_ident(x.nspname) || '.' || quote_ident(oc.opcname) FROM pg_namespace x WHERE x.oid = oc.opcnamespace) END,
           'collation', CASE WHEN r.rngcollation <> st.typcollation THEN
               (SELECT quote_ident(x.nspname) || '.' || quote_ident(c.collname)
                FROM pg_collation c JOIN pg_namespace x ON x.oid = c.collnamespace WHERE c.oid = r.rngcollation) END,
           'canonical', (SELECT quote_ident(x.nspname) || '.' || quote_ident(p.proname)
                         FROM pg_proc p JOIN pg_namespace x ON x.oid = p.pronamespace WHERE p.oid = r.rngcanonical),
           'subtype_diff', (SELECT quote_ident(x.nspname) || '.' || quote_ident(p.proname)
                            FROM pg_proc p JOIN pg_namespace x ON x.oid = p.pronamespace WHERE p.oid = r.rngsubdiff),
           'multirange', (SELECT m.typname FROM pg_type m WHERE m.oid = r.rngmultitypid))
FROM pg_range r
JOIN pg_type t ON t.oid = r.rngtypid
JOIN pg_type st ON st.oid = r.rngsubtype
JOIN pg_opclass oc ON oc.oid = r.rngsubopc
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, t.typname
