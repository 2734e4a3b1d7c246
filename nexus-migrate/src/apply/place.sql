SELECT current_database(),
    (SELECT n.nspname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.oid = to_regclass('_sqlx_migrations')),
    current_schema(),
    to_regclass('nexus.lease') IS NOT NULL
ORDER BY 1
