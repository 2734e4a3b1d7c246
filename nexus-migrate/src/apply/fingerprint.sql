SELECT md5(coalesce(string_agg(o.kind || o.id || '.' || o.sub || '=' || o.version, ',' ORDER BY o.kind, o.id, o.sub), ''))
FROM (
    SELECT 'n' AS kind, oid::bigint AS id, 0 AS sub, xmin::text AS version
    FROM pg_catalog.pg_namespace
    WHERE oid >= 16384 AND nspname !~ '^pg_' AND nspname <> 'nexus' OR nspname = 'public'
    UNION ALL
    SELECT 'c', c.oid::bigint, 0, c.xmin::text
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'nexus'
    UNION ALL
    SELECT 'a', a.attrelid::bigint, a.attnum, a.xmin::text
    FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE a.attrelid >= 16384 AND a.attnum > 0 AND n.nspname !~ '^pg_' AND n.nspname <> 'nexus'
    UNION ALL
    SELECT 'o', o.oid::bigint, 0, o.xmin::text
    FROM pg_catalog.pg_constraint AS o
    JOIN pg_catalog.pg_namespace AS n ON n.oid = o.connamespace
    WHERE o.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'nexus'
    UNION ALL
    SELECT 'i', i.indexrelid::bigint, 0, i.xmin::text
    FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE i.indexrelid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'nexus'
    UNION ALL
    SELECT 'd', d.oid::bigint, 0, d.xmin::text
    FROM pg_catalog.pg_attrdef AS d JOIN pg_catalog.pg_class AS c ON c.oid = d.adrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE d.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'nexus'
    UNION ALL
    SELECT 't', t.oid::bigint, 0, t.xmin::text
    FROM pg_catalog.pg_type AS t JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
    WHERE t.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'nexus'
    UNION ALL
    SELECT 'p', oid::bigint, 0, xmin::text FROM pg_catalog.pg_proc WHERE oid >= 16384
    UNION ALL
    SELECT 'g', oid::bigint, 0, xmin::text FROM pg_catalog.pg_trigger WHERE oid >= 16384
    UNION ALL
    SELECT 'r', oid::bigint, 0, xmin::text FROM pg_catalog.pg_rewrite WHERE oid >= 16384
    UNION ALL
    SELECT 'y', oid::bigint, 0, xmin::text FROM pg_catalog.pg_policy
    UNION ALL
    SELECT 'e', oid::bigint, 0, xmin::text FROM pg_catalog.pg_enum WHERE oid >= 16384
    UNION ALL
    SELECT 'x', oid::bigint, 0, xmin::text FROM pg_catalog.pg_extension WHERE oid >= 16384
    UNION ALL
    SELECT 'h', inhrelid::bigint, inhseqno, xmin::text FROM pg_catalog.pg_inherits
    UNION ALL
    SELECT 'v', oid::bigint, 0, xmin::text FROM pg_catalog.pg_event_trigger
    UNION ALL
    SELECT 's', oid::bigint, 0, xmin::text FROM pg_catalog.pg_statistic_ext
    UNION ALL
    SELECT 'w', oid::bigint, 0, xmin::text FROM pg_catalog.pg_operator WHERE oid >= 16384
    UNION ALL
    SELECT 'k', oid::bigint, 0, xmin::text FROM pg_catalog.pg_cast WHERE oid >= 16384
    UNION ALL
    SELECT 'l', oid::bigint, 0, xmin::text FROM pg_catalog.pg_collation WHERE oid >= 16384
    UNION ALL
    SELECT 'u', oid::bigint, 0, xmin::text FROM pg_catalog.pg_default_acl
    UNION ALL
    SELECT 'b', oid::bigint, 0, xmin::text FROM pg_catalog.pg_publication
    UNION ALL
    SELECT 'q', seqrelid::bigint, 0, xmin::text FROM pg_catalog.pg_sequence
    UNION ALL
    SELECT 'f', oid::bigint, 0, xmin::text FROM pg_catalog.pg_foreign_server
) AS o
