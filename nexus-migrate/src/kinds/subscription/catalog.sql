-- Subscriptions of the database. Where they connect to is for superusers alone to read: only where that is so, the rows
-- are read, by a query that is a text, because the permission for any other is asked whether it is run or not. What
-- makes a secret of a connection is left out.
WITH told AS (
    SELECT CASE WHEN has_column_privilege('pg_subscription', 'subconninfo', 'SELECT') AND EXISTS (SELECT oid FROM pg_subscription)
        THEN query_to_xml('SELECT json_agg(to_jsonb(s)) AS j FROM pg_catalog.pg_subscription s
                           WHERE s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())',
                          false, true, '')::text END AS xml
), subscription AS (
    SELECT s.j, s.j ->> 'subname' AS name, s.j ->> 'subconninfo' AS conninfo
    FROM told
    CROSS JOIN LATERAL jsonb_array_elements(
        replace(replace(replace(substring(told.xml FROM '<j>(.*)</j>'), '&lt;', '<'), '&gt;', '>'), '&amp;', '&')::jsonb) AS s (j)
)
SELECT 'pg_subscription'::regclass::oid, s.j ->> 'oid', 0, json_build_array(s.name),
       json_build_object(
           'connection', CASE
               WHEN s.conninfo ~ '^postgres(ql)?://' THEN
                   rtrim(regexp_replace(regexp_replace(s.conninfo, '^(postgres(?:ql)?://[^:@/]*):[^@/]*@', '\1@'),
                                        '([?&])(?:[^=&]*(?:password|secret|scram_|%)[^=&]*=[^&]*&?)+', '\1', 'gi'), '?&')
               ELSE coalesce((SELECT string_agg(k.pair[1] || '=' || k.pair[2], ' ' ORDER BY k.n)
                     FROM regexp_matches(s.conninfo, '(\w+)\s*=\s*(''(?:[^''\\]|\\.)*''|(?:[^\s\\]|\\.)*)', 'g') WITH ORDINALITY AS k (pair, n)
                     WHERE k.pair[1] !~* '(passw(or)?d(?!_required$)|passphrase|secret|token$|(api|access|private)_?key$|^scram_\w+_key$)'), '') END,
           'publications', (SELECT json_agg(p ORDER BY p COLLATE "C") FROM jsonb_array_elements_text(s.j -> 'subpublications') AS p),
           'options', (SELECT json_agg(o.name || '=' || o.value ORDER BY o.name) FROM (VALUES
               ('binary', nullif(s.j ->> 'subbinary', 'false')),
               ('disable_on_error', nullif(s.j ->> 'subdisableonerr', 'false')),
               ('failover', nullif(s.j ->> 'subfailover', 'false')),
               ('origin', nullif(s.j ->> 'suborigin', 'any')),
               ('password_required', nullif(s.j ->> 'subpasswordrequired', 'true')),
               ('run_as_owner', nullif(s.j ->> 'subrunasowner', 'false')),
               ('slot_name', nullif(coalesce(s.j ->> 'subslotname', 'none'), s.name)),
               ('streaming', CASE s.j ->> 'substream' WHEN 'p' THEN 'parallel' WHEN 't' THEN 'on' WHEN 'true' THEN 'on' ELSE 'off' END),
               ('synchronous_commit', nullif(s.j ->> 'subsynccommit', 'off')),
               ('two_phase', CASE WHEN s.j ->> 'subtwophasestate' <> 'd' THEN 'true' END)) AS o (name, value)
               WHERE o.value IS NOT NULL))
FROM subscription s
ORDER BY s.name
