BEGIN;
-- Runs that seed one database take turns, and with runs that make the journal.
SELECT pg_advisory_xact_lock(1852143733, 2);
CREATE SCHEMA IF NOT EXISTS nexus;
CREATE TABLE IF NOT EXISTS nexus.seeds (
    environment text PRIMARY KEY,
    rows text NOT NULL,
    seeded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
