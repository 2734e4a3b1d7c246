-- Partitions by ranges of a time that end before the rows in them may be kept no longer.
SELECT n.nspname, c.relname
FROM asked a
JOIN pg_inherits i ON i.inhparent = a.relation
JOIN pg_class c ON c.oid = i.inhrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')) AS b (upto)
WHERE b.upto IS NOT NULL AND b.upto::timestamptz < now() - a.kept
ORDER BY 1, 2
