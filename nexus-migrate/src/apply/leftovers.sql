SELECT n.nspname, c.relname
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index AS p WHERE p.relid = i.indrelid)
    AND i.indrelid IN (
        SELECT unnest(ARRAY[t.oid, t.reltoastrelid])
        FROM pg_catalog.pg_class AS t, of
        WHERE t.oid = of.oid OR t.oid = (SELECT o.indrelid FROM pg_catalog.pg_index AS o WHERE o.indexrelid = of.oid)
    )
ORDER BY 1, 2
