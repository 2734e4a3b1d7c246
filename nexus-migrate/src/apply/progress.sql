SELECT p.what, p.phase, p.done, p.total, p.unit
FROM worker CROSS JOIN LATERAL (
    SELECT 'building index', i.phase,
        CASE WHEN i.tuples_total > 0 THEN i.tuples_done ELSE i.blocks_done END,
        CASE WHEN i.tuples_total > 0 THEN i.tuples_total ELSE i.blocks_total END,
        CASE WHEN i.tuples_total > 0 THEN 'rows' ELSE 'blocks' END
    FROM pg_catalog.pg_stat_progress_create_index AS i WHERE i.pid = worker.pid
    UNION ALL
    SELECT 'vacuuming', v.phase, v.heap_blks_scanned, v.heap_blks_total, 'blocks'
    FROM pg_catalog.pg_stat_progress_vacuum AS v WHERE v.pid = worker.pid
    UNION ALL
    SELECT 'rewriting', c.phase, c.heap_blks_scanned, c.heap_blks_total, 'blocks'
    FROM pg_catalog.pg_stat_progress_cluster AS c WHERE c.pid = worker.pid
    UNION ALL
    SELECT 'filling', 'in batches',
        substring(a.application_name FROM '^nexus: ([0-9]{1,18}) of')::bigint,
        substring(a.application_name FROM ' of ([0-9]{1,18})')::bigint,
        substring(a.application_name FROM '(rows|pages)$')
    FROM pg_catalog.pg_stat_activity AS a
    WHERE a.pid = worker.pid AND a.application_name ~ '^nexus: [0-9]{1,18} of [0-9]{1,18} (rows|pages)$'
) AS p (what, phase, done, total, unit)
ORDER BY 1
