SELECT h.inhdetachpending
FROM pg_catalog.pg_inherits AS h
WHERE h.inhrelid =
