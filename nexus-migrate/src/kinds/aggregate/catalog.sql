-- Aggregates, as the pairs of CREATE AGGREGATE.
WITH f AS NOT MATERIALIZED (
    SELECT p.oid, quote_ident(n.nspname) || '.' || quote_ident(p.proname) AS name
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace)
SELECT 'pg_proc'::regclass::oid, p.oid, 0, json_build_array(n.nspname, p.proname, oidvectortypes(p.proargtypes)),
       json_build_object(
           'arguments', pg_get_function_arguments(p.oid),
           'definition', (SELECT json_agg(json_build_array(d.k, d.v) ORDER BY d.o) FROM (VALUES
               (1, 'SFUNC', (SELECT f.name FROM f WHERE f.oid = a.aggtransfn)),
               (2, 'STYPE', format_type(a.aggtranstype, NULL)),
               (3, 'SSPACE', nullif(a.aggtransspace, 0)::text),
               (4, 'FINALFUNC', (SELECT f.name FROM f WHERE f.oid = a.aggfinalfn)),
               (5, 'FINALFUNC_EXTRA', CASE WHEN a.aggfinalextra THEN 'true' END),
               (6, 'FINALFUNC_MODIFY', CASE WHEN a.aggfinalmodify <> CASE WHEN a.aggkind = 'n' THEN 'r' ELSE 'w' END
                   THEN CASE a.aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END),
               (7, 'COMBINEFUNC', (SELECT f.name FROM f WHERE f.oid = a.aggcombinefn)),
               (8, 'SERIALFUNC', (SELECT f.name FROM f WHERE f.oid = a.aggserialfn)),
               (9, 'DESERIALFUNC', (SELECT f.name FROM f WHERE f.oid = a.aggdeserialfn)),
               (10, 'INITCOND', quote_literal(a.agginitval)),
               (11, 'MSFUNC', (SELECT f.name FROM f WHERE f.oid = a.aggmtransfn)),
               (12, 'MINVFUNC', (SELECT f.name FROM f WHERE f.oid = a.aggminvtransfn)),
               (13, 'MSTYPE', CASE WHEN a.aggmtranstype <> 0 THEN format_type(a.aggmtranstype, NULL) END),
               (14, 'MSSPACE', nullif(a.aggmtransspace, 0)::text),
               (15, 'MFINALFUNC', (SELECT f.name FROM f WHERE f.oid = a.aggmfinalfn)),
               (16, 'MFINALFUNC_EXTRA', CASE WHEN a.aggmfinalextra THEN 'true' END),
               (17, 'MFINALFUNC_MODIFY', CASE WHEN a.aggmtransfn <> 0 AND a.aggmfinalmodify <> CASE WHEN a.aggkind = 'n' THEN 'r' ELSE 'w' END
                   THEN CASE a.aggmfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END),
               (18, 'MINITCOND', quote_literal(a.aggminitval)),
               (19, 'SORTOP', (SELECT 'OPERATOR(' || quote_ident(x.nspname) || '.' || o.oprname || ')'
                               FROM pg_operator o JOIN pg_namespace x ON x.oid = o.oprnamespace WHERE o.oid = a.aggsortop)),
               (20, 'PARALLEL', CASE p.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' END),
               (21, 'HYPOTHETICAL', CASE WHEN a.aggkind = 'h' THEN 'true' END)) AS d (o, k, v)
               WHERE d.v IS NOT NULL))
FROM pg_proc p
JOIN pg_aggregate a ON a.aggfnoid = p.oid
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, p.proname, oidvectortypes(p.proargtypes)
