SELECT a.pid || CASE a.application_name WHEN '' THEN '' ELSE ' (' || a.application_name || ')' END
FROM pg_catalog.pg_locks AS l
JOIN pg_catalog.pg_stat_activity AS a USING (pid)
JOIN pg_catalog.pg_database AS d ON d.oid = l.database
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND d.datname = current_database()
    AND (l.classid::bigint << 32) | l.objid::bigint =
