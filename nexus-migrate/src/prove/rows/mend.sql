-- Takes out rows that refer to nothing any more.
DO $fill$
DECLARE
    key record; gone bigint; news boolean := true;
BEGIN
    WHILE news LOOP
        news := false;
        FOR key IN
            SELECT c.conrelid::regclass::text AS mine, c.confrelid::regclass::text AS other,
                   string_agg(format('f.%I IS NOT NULL', a.attname), ' AND ') AS given,
                   string_agg(format('f.%I = p.%I', a.attname, b.attname), ' AND ') AS same
            FROM pg_constraint c, unnest(c.conkey, c.confkey) AS u(n, m), pg_attribute a, pg_attribute b
            WHERE c.contype = 'f' AND c.confrelid <> 0 AND a.attrelid = c.conrelid AND a.attnum = u.n AND b.attrelid = c.confrelid AND b.attnum = u.m
            AND (SELECT relkind = 'r' FROM pg_class WHERE oid = c.conrelid)
            -- Keys that point at the partitions of a table repeat the one at the table.
            AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.oid = c.conparentid AND p.conrelid = c.conrelid)
            GROUP BY c.oid, c.conname ORDER BY c.conname, c.oid
        LOOP
            EXECUTE format('DELETE FROM ONLY %s f WHERE %s AND NOT EXISTS (SELECT FROM %s p WHERE %s)', key.mine, key.given, key.other, key.same);
            GET DIAGNOSTICS gone = ROW_COUNT;
            news := news OR gone > 0;
        END LOOP;
    END LOOP;
END $fill$;
