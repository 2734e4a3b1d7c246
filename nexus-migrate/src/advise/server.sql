-- What the server says of itself: whether it counts at all, since when and for how many seconds, whether it cleans up, and
-- whether it is a replica. Counts outlive a restart and are lost in a crash, which takes the time of the reset along.
SELECT current_setting('track_counts') = 'on',
       to_char(coalesce(d.stats_reset, pg_postmaster_start_time()) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'),
       extract(epoch FROM now() - coalesce(d.stats_reset, pg_postmaster_start_time()))::bigint,
       current_setting('autovacuum') = 'on',
       pg_is_in_recovery()
FROM pg_stat_database d
WHERE d.datname = current_database()
ORDER BY 1
