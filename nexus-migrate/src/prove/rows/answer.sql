-- What came of filling: the columns and the rows of each table, and why some tables have none.
SELECT at, to_json(row), to_json(names), relation, place FROM pg_temp.nexus_rows ORDER BY at, place;
SELECT DISTINCT ON (at) at, reason FROM pg_temp.nexus_unfilled ORDER BY at, reason;
