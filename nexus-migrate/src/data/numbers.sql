-- Far from the plain values and from the bounds that rows on scratch have.
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, least(max_value - 100, greatest(min_value, 20000)))
FROM pg_sequences
WHERE increment_by > 0 AND max_value > 20100
ORDER BY schemaname, sequencename
