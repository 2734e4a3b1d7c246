
#variable_conflict use_variable
DECLARE
    pages CONSTANT bigint := 16;
    page bigint;
    done bigint;
    filled bigint;
    before bigint := NULL;
BEGIN
    LOOP
        page := 0;
        filled := 0;
        WHILE page * current_setting('block_size')::bigint < pg_relation_size({relation}::regclass) LOOP
            UPDATE {table} AS it SET {column} = DEFAULT
            WHERE it.ctid >= format('(%s,0)', page)::tid AND it.ctid < format('(%s,0)', page + pages)::tid
                AND it.{column} IS NULL;
            GET DIAGNOSTICS done = ROW_COUNT;
            filled := filled + done;
            page := page + pages;
            COMMIT;
        END LOOP;
        EXIT WHEN filled = 0 OR filled >= before;
        before := filled;
    END LOOP;
END
