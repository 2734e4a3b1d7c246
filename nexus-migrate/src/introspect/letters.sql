-- Letters of the server's catalogs that we do not know: a kind, or a way of being, that a newer server brought. What it
-- is, and the names. Extensions' own objects count as well: who reads their letters would read them wrongly.
SELECT l.what || ' ' || quote_literal(l.letter::text), l.name FROM (
    SELECT CASE WHEN c.relkind NOT IN ('r', 'i', 'S', 't', 'v', 'm', 'c', 'f', 'p', 'I') THEN 'relation of the unknown kind'
                WHEN c.relpersistence NOT IN ('p', 'u', 't') THEN 'relation of the unknown persistence'
                ELSE 'relation of the unknown replica identity' END AS what,
           CASE WHEN c.relkind NOT IN ('r', 'i', 'S', 't', 'v', 'm', 'c', 'f', 'p', 'I') THEN c.relkind
                WHEN c.relpersistence NOT IN ('p', 'u', 't') THEN c.relpersistence
                ELSE c.relreplident END AS letter,
           c.oid::regclass::text AS name
    FROM pg_class c
    WHERE c.relkind NOT IN ('r', 'i', 'S', 't', 'v', 'm', 'c', 'f', 'p', 'I') OR c.relpersistence NOT IN ('p', 'u', 't')
       OR c.relreplident NOT IN ('d', 'n', 'f', 'i')
    UNION ALL
    SELECT CASE WHEN a.attstorage NOT IN ('p', 'e', 'm', 'x') THEN 'column of the unknown storage'
                WHEN a.attcompression NOT IN ('', 'p', 'l') THEN 'column of the unknown compression'
                WHEN a.attidentity NOT IN ('', 'a', 'd') THEN 'column of the unknown identity'
                ELSE 'column generated in the unknown way' END,
           CASE WHEN a.attstorage NOT IN ('p', 'e', 'm', 'x') THEN a.attstorage
                WHEN a.attcompression NOT IN ('', 'p', 'l') THEN a.attcompression
                WHEN a.attidentity NOT IN ('', 'a', 'd') THEN a.attidentity
                ELSE a.attgenerated END,
           a.attrelid::regclass || '.' || quote_ident(a.attname)
    FROM pg_attribute a
    WHERE a.attrelid >= 16384 AND NOT a.attisdropped
      AND (a.attstorage NOT IN ('p', 'e', 'm', 'x') OR a.attcompression NOT IN ('', 'p', 'l')
           OR a.attidentity NOT IN ('', 'a', 'd') OR a.attgenerated NOT IN ('', 's', 'v'))
    UNION ALL
    SELECT CASE WHEN c.contype NOT IN ('c', 'f', 'p', 'u', 't', 'x', 'n') THEN 'constraint of the unknown kind'
                ELSE 'foreign key with the unknown action or match' END,
           CASE WHEN c.contype NOT IN ('c', 'f', 'p', 'u', 't', 'x', 'n') THEN c.contype
                WHEN c.confmatchtype NOT IN (' ', 'f', 'p', 's') THEN c.confmatchtype
                WHEN c.confupdtype NOT IN (' ', 'a', 'r', 'c', 'n', 'd') THEN c.confupdtype
                ELSE c.confdeltype END,
           c.conname
    FROM pg_constraint c
    WHERE c.contype NOT IN ('c', 'f', 'p', 'u', 't', 'x', 'n') OR c.confmatchtype NOT IN (' ', 'f', 'p', 's')
       OR c.confupdtype NOT IN (' ', 'a', 'r', 'c', 'n', 'd') OR c.confdeltype NOT IN (' ', 'a', 'r', 'c', 'n', 'd')
    UNION ALL
    SELECT CASE WHEN t.typtype NOT IN ('b', 'c', 'd', 'e', 'm', 'p', 'r') THEN 'type of the unknown kind'
                WHEN t.typalign NOT IN ('c', 's', 'i', 'd') THEN 'type of the unknown alignment'
                ELSE 'type of the unknown storage' END,
           CASE WHEN t.typtype NOT IN ('b', 'c', 'd', 'e', 'm', 'p', 'r') THEN t.typtype
                WHEN t.typalign NOT IN ('c', 's', 'i', 'd') THEN t.typalign
                ELSE t.typstorage END,
           t.oid::regtype::text
    FROM pg_type t
    WHERE t.typtype NOT IN ('b', 'c', 'd', 'e', 'm', 'p', 'r') OR t.typalign NOT IN ('c', 's', 'i', 'd')
       OR t.typstorage NOT IN ('p', 'e', 'm', 'x')
    UNION ALL
    SELECT CASE WHEN p.prokind NOT IN ('f', 'p', 'a', 'w') THEN 'routine of the unknown kind'
                WHEN p.provolatile NOT IN ('i', 's', 'v') THEN 'function of the unknown volatility'
                ELSE 'function of the unknown parallel safety' END,
           CASE WHEN p.prokind NOT IN ('f', 'p', 'a', 'w') THEN p.prokind
                WHEN p.provolatile NOT IN ('i', 's', 'v') THEN p.provolatile
                ELSE p.proparallel END,
           p.oid::regprocedure::text
    FROM pg_proc p
    -- A new server's own functions are thousands, and its own affair.
    WHERE p.oid >= 16384
      AND (p.prokind NOT IN ('f', 'p', 'a', 'w') OR p.provolatile NOT IN ('i', 's', 'v') OR p.proparallel NOT IN ('s', 'r', 'u'))
    UNION ALL
    SELECT 'aggregate of the unknown kind', a.aggkind, a.aggfnoid::regprocedure::text
    FROM pg_aggregate a WHERE a.aggkind NOT IN ('n', 'o', 'h')
    UNION ALL
    SELECT 'aggregate with a final function of the unknown sort',
           CASE WHEN a.aggfinalmodify NOT IN ('r', 's', 'w') THEN a.aggfinalmodify ELSE a.aggmfinalmodify END,
           a.aggfnoid::regprocedure::text
    FROM pg_aggregate a WHERE a.aggfinalmodify NOT IN ('r', 's', 'w') OR a.aggmfinalmodify NOT IN ('r', 's', 'w')
    UNION ALL
    SELECT 'trigger enabled in the unknown way', t.tgenabled, t.tgname FROM pg_trigger t WHERE t.tgenabled NOT IN ('O', 'D', 'R', 'A')
    UNION ALL
    SELECT 'rule enabled in the unknown way', w.ev_enabled, w.rulename FROM pg_rewrite w WHERE w.ev_enabled NOT IN ('O', 'D', 'R', 'A')
    UNION ALL
    SELECT 'rule on the unknown event', w.ev_type, w.rulename FROM pg_rewrite w WHERE w.ev_type NOT IN ('1', '2', '3', '4')
    UNION ALL
    SELECT 'event trigger enabled in the unknown way', e.evtenabled, e.evtname FROM pg_event_trigger e WHERE e.evtenabled NOT IN ('O', 'D', 'R', 'A')
    UNION ALL
    SELECT 'policy for the unknown command', p.polcmd, p.polname FROM pg_policy p WHERE p.polcmd NOT IN ('r', 'a', 'w', 'd', '*')
    UNION ALL
    SELECT 'partitioned table of the unknown strategy', p.partstrat, p.partrelid::regclass::text
    FROM pg_partitioned_table p WHERE p.partstrat NOT IN ('h', 'l', 'r')
    UNION ALL
    SELECT 'collation of the unknown provider', c.collprovider, c.oid::regcollation::text
    FROM pg_collation c WHERE c.collprovider NOT IN ('d', 'b', 'c', 'i')
    UNION ALL
    SELECT 'default privileges for the unknown class of objects', d.defaclobjtype, pg_get_userbyid(d.defaclrole)
    FROM pg_default_acl d WHERE d.defaclobjtype NOT IN ('r', 'S', 'f', 'T', 'n', 'L')
    UNION ALL
    SELECT 'access method of the unknown type', m.amtype, m.amname FROM pg_am m WHERE m.amtype NOT IN ('t', 'i')
    UNION ALL
    SELECT 'operator of the unknown kind', o.oprkind, o.oid::regoperator::text FROM pg_operator o WHERE o.oprkind NOT IN ('b', 'l')
    UNION ALL
    SELECT 'operator of a family for the unknown purpose', o.amoppurpose, o.amopopr::regoperator::text
    FROM pg_amop o WHERE o.amoppurpose NOT IN ('s', 'o')
    UNION ALL
    SELECT CASE WHEN c.castcontext NOT IN ('e', 'a', 'i') THEN 'cast in the unknown context' ELSE 'cast by the unknown method' END,
           CASE WHEN c.castcontext NOT IN ('e', 'a', 'i') THEN c.castcontext ELSE c.castmethod END,
           format_type(c.castsource, NULL) || ' to ' || format_type(c.casttarget, NULL)
    FROM pg_cast c WHERE c.castcontext NOT IN ('e', 'a', 'i') OR c.castmethod NOT IN ('f', 'i', 'b')
    UNION ALL
    SELECT 'subscription with the unknown two-phase state', s.subtwophasestate, s.subname
    FROM pg_subscription s WHERE s.subtwophasestate NOT IN ('d', 'p', 'e')
    UNION ALL
    SELECT 'extended statistics of the unknown kind', k.kind, s.stxname
    FROM pg_statistic_ext s CROSS JOIN LATERAL unnest(s.stxkind) AS k (kind) WHERE k.kind NOT IN ('d', 'f', 'm', 'e')
    UNION ALL
    SELECT 'publication that treats generated columns in the unknown way', (to_jsonb(p) ->> 'pubgencols')::"char", p.pubname
    FROM pg_publication p WHERE to_jsonb(p) ->> 'pubgencols' NOT IN ('n', 's')
    UNION ALL
    -- A truth value in 15.
    SELECT 'subscription with the unknown way to stream', s.substream::text::"char", s.subname
    FROM pg_subscription s WHERE s.substream::text NOT IN ('false', 'true', 'f', 't', 'p')
    UNION ALL
    SELECT 'dependency of the unknown kind', d.deptype, pg_describe_object(d.classid, d.objid, d.objsubid)
    FROM pg_depend d WHERE d.deptype NOT IN ('n', 'a', 'i', 'P', 'S', 'e', 'x')
) AS l
ORDER BY 1, 2
