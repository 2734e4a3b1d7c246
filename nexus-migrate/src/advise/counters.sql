-- How far each sequence has come, with the columns that it counts for: those that own it, and those whose default asks it.
SELECT json_build_array(n.nspname, c.relname),
       p.data_type::text, p.increment_by, p.min_value, p.max_value, p.last_value,
       json_build_array(tn.nspname, t.relname, a.attname),
       format_type(a.atttypid, NULL)
FROM pg_sequences p
JOIN pg_namespace n ON n.nspname = p.schemaname
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = p.sequencename
LEFT JOIN LATERAL (
    SELECT d.refobjid AS relation, d.refobjsubid AS attribute
    FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
      AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
    UNION
    SELECT f.adrelid, f.adnum
    FROM pg_depend d
    JOIN pg_attrdef f ON f.oid = d.objid
    WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid) AS u ON true
LEFT JOIN pg_attribute a ON a.attrelid = u.relation AND a.attnum = u.attribute
LEFT JOIN pg_class t ON t.oid = u.relation
LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
WHERE NOT p.cycle AND p.last_value IS NOT NULL AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname, tn.nspname, t.relname, a.attname
