SELECT DISTINCT ON (version) version, encode(checksum, 'hex'), outcome IS NOT NULL
FROM nexus.steps
ORDER BY version, id DESC
