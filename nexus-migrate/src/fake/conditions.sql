-- The conditions that rows of tables must fulfil: relation, columns, condition, and whether it is said of a value alone.
WITH wanted AS (SELECT unnest({relations}::oid[]) AS relation),
leaves AS (
    SELECT w.relation, t.relid
    FROM wanted w, LATERAL pg_partition_tree(w.relation) t
    WHERE t.isleaf AND t.relid <> w.relation),
domains AS (
    WITH RECURSIVE of_type AS (
        SELECT a.attrelid AS relation, a.attname, a.atttypid AS type
        FROM wanted w JOIN pg_attribute a ON a.attrelid = w.relation
        WHERE a.attnum > 0 AND NOT a.attisdropped
        UNION
        SELECT o.relation, o.attname, t.typbasetype FROM of_type o JOIN pg_type t ON t.oid = o.type WHERE t.typtype = 'd')
    SELECT * FROM of_type)
SELECT c.conrelid AS relation,
       json_build_array(VARIADIC ARRAY(
           SELECT a.attname::text FROM unnest(c.conkey) AS k(n) JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n
           ORDER BY a.attnum)) AS columns,
       pg_get_expr(c.conbin, c.conrelid) AS condition, false AS alone
FROM wanted w JOIN pg_constraint c ON c.conrelid = w.relation AND c.contype = 'c'
UNION ALL
SELECT d.relation, json_build_array(d.attname::text),
       substring(pg_get_constraintdef(c.oid) FROM '^CHECK (.*?)(?: NOT VALID)?$'), true
FROM domains d JOIN pg_constraint c ON c.contypid = d.type AND c.contype = 'c'
UNION ALL
-- A row must have a partition to go to.
SELECT l.relation,
       json_build_array(VARIADIC ARRAY(
           SELECT DISTINCT a.attname::text FROM pg_partition_tree(l.relation) t
           JOIN pg_partitioned_table p ON p.partrelid = t.relid
           JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = ANY (p.partattrs)
           ORDER BY 1)),
       string_agg('(' || pg_get_partition_constraintdef(l.relid) || ')', ' OR ' ORDER BY l.relid), false
FROM leaves l
GROUP BY l.relation
HAVING bool_and(pg_get_partition_constraintdef(l.relid) IS NOT NULL)
ORDER BY 1, 3
