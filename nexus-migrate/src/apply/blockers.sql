SELECT a.pid, a.application_name, a.usename, a.state,
    round(extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.query_start)))
FROM pg_catalog.pg_stat_activity AS a
WHERE a.pid = ANY (pg_blocking_pids(
