-- Text search configurations with the dictionaries of each type of token.
WITH of_token AS (
    SELECT m.mapcfg, m.maptokentype,
           json_agg(quote_ident(n.nspname) || '.' || quote_ident(d.dictname) ORDER BY m.mapseqno) AS dictionaries
    FROM pg_ts_config_map m
    JOIN pg_ts_dict d ON d.oid = m.mapdict
    JOIN pg_namespace n ON n.oid = d.dictnamespace
    WHERE m.mapcfg >= 16384
    GROUP BY m.mapcfg, m.maptokentype
)
SELECT 'pg_ts_config'::regclass::oid, c.oid, 0, json_build_array(n.nspname, c.cfgname),
       json_build_object(
           'parser', quote_ident(pn.nspname) || '.' || quote_ident(p.prsname),
           'mappings', (SELECT coalesce(json_object_agg(k.alias, o.dictionaries ORDER BY k.alias), '{}')
                        FROM of_token o
                        JOIN ts_token_type(c.cfgparser) AS k ON k.tokid = o.maptokentype
                        WHERE o.mapcfg = c.oid))
FROM pg_ts_config c
JOIN pg_namespace n ON n.oid = c.cfgnamespace
JOIN pg_ts_parser p ON p.oid = c.cfgparser
JOIN pg_namespace pn ON pn.oid = p.prsnamespace
WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.cfgname
