SELECT (SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn))::bigint FROM pg_catalog.pg_stat_replication AS r
        WHERE r.state = 'streaming' AND NOT pg_is_in_recovery()),
    count(*)
FROM pg_catalog.pg_stat_activity AS a
WHERE a.backend_type = 'client backend' AND a.state = 'active' AND a.pid <> pg_backend_pid() AND a.pid <>
