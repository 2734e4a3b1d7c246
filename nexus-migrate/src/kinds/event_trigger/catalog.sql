-- Event triggers.
SELECT 'pg_event_trigger'::regclass::oid, e.oid, 0, json_build_array(e.evtname),
       json_build_object(
           'event', e.evtevent,
           'tags', (SELECT coalesce(json_agg(t ORDER BY t), '[]') FROM unnest(e.evttags) AS t),
           'function', json_build_array(n.nspname, p.proname),
           'enabled', CASE e.evtenabled WHEN 'O' THEN 'origin' WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' ELSE 'always' END)
FROM pg_event_trigger e
JOIN pg_proc p ON p.oid = e.evtfoid
JOIN pg_namespace n ON n.oid = p.pronamespace
ORDER BY e.evtname
