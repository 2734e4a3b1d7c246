SELECT DISTINCT ON (s.version) s.version, s.way, encode(s.checksum, 'hex'), s.outcome IS NOT NULL, coalesce(s.outcome IN ('done', 'recorded', 'resolved'), false)
FROM nexus.steps AS s JOIN nexus.runs AS r ON r.id = s.run
WHERE r.ledger =
