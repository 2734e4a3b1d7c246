-- What the server knows of the values of each column of the wanted tables: which part is NULL, how many there are, how wide
-- they are, whether they lie in order, the most common ones with how often each comes, and the lowest and the highest.
SELECT json_build_array(s.schemaname, s.tablename, s.attname),
       json_build_object(
           'null_frac', s.null_frac,
           'n_distinct', s.n_distinct,
           'width', s.avg_width,
           'is_ordered', coalesce(abs(s.correlation) > 0.9, false),
           'common', coalesce(to_json(s.most_common_vals::text::text[]), '[]'),
           'often', coalesce(to_json(s.most_common_freqs), '[]'),
           'low', (s.histogram_bounds::text::text[])[1],
           'high', (s.histogram_bounds::text::text[])[array_upper(s.histogram_bounds, 1)])
FROM pg_stats s
JOIN nexus_wanted w ON w.schema = s.schemaname AND w.name = s.tablename
WHERE NOT s.inherited
ORDER BY s.schemaname, s.tablename, s.attname
