INSERT INTO nexus.seeds (environment, rows) VALUES ({environment}, {rows})
ON CONFLICT (environment) DO UPDATE SET rows = excluded.rows, seeded_at = excluded.seeded_at;
COMMIT;
