SELECT l.relation, l.mode, l.granted
FROM pg_locks l
WHERE l.locktype = 'relation'
  AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
  AND l.relation BETWEEN 16384 AND {newest}
  AND l.pid = {pid}
ORDER BY l.relation, l.mode
