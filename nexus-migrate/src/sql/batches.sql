
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
            -- `nexus apply` holds this lock while replicas or the server are behind.
            PERFORM pg_advisory_xact_lock_shared(1852143733, 1);
            UPDATE {table} AS it SET {column} = {value}
            WHERE it.ctid >= format('(%s,0)', page)::tid AND it.ctid < format('(%s,0)', page + pages)::tid
                AND {due};
            GET DIAGNOSTICS done = ROW_COUNT;
            filled := filled + done;
            page := page + pages;
            PERFORM set_config('application_name', format('nexus: %s of %s pages', page,
                pg_relation_size({relation}::regclass) / current_setting('block_size')::bigint), false);
            COMMIT;
        END LOOP;
        EXIT WHEN filled = 0 OR filled >= before;
        before := filled;
    END LOOP;
END
