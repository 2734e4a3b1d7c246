-- Runs over other ledgers of this database make the journal too, and IF NOT EXISTS does not see what is not
-- committed. Nothing here waits for snapshots, so to wait for the lock is safe.
SELECT pg_advisory_xact_lock(1852143733, 2);
CREATE SCHEMA IF NOT EXISTS nexus;
CREATE TABLE IF NOT EXISTS nexus.runs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ledger text NOT NULL,
    tool text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    outcome text CHECK (outcome IN ('done', 'failed')),
    sqlstate text,
    fingerprint text
);
CREATE TABLE IF NOT EXISTS nexus.steps (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run bigint NOT NULL REFERENCES nexus.runs,
    version bigint NOT NULL,
    way text NOT NULL DEFAULT 'up' CHECK (way IN ('up', 'down')),
    checksum bytea NOT NULL,
    transactional boolean NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    outcome text CHECK (outcome IN ('done', 'failed', 'recorded', 'resolved'))
);
CREATE TABLE IF NOT EXISTS nexus.lease (
    ledger text PRIMARY KEY,
    token bigint NOT NULL,
    backend integer NOT NULL,
    backend_start timestamptz NOT NULL,
    until timestamptz NOT NULL,
    UNIQUE (ledger, token)
);
