-- Puts rows into the tables of a scratch database, in one trip. What is wanted is in pg_temp.nexus_wanted: each table with
-- its number; how many rows at most, in pg_temp.nexus_most. What came of it is in nexus_rows and nexus_unfilled.

CREATE TEMPORARY TABLE nexus_rows (at int, place tid, relation oid, names name[], row text[]);
CREATE INDEX ON nexus_rows (relation);
CREATE TEMPORARY TABLE nexus_unfilled (at int, reason text);
CREATE TEMPORARY TABLE nexus_circle (at int, relation oid);

-- The foreign keys of a table, each with the rows that it may refer to.
CREATE FUNCTION pg_temp.nexus_keys(relation oid, names name[]) RETURNS jsonb LANGUAGE sql AS $fill$
    SELECT coalesce(jsonb_agg(jsonb_build_object('own', c.own, 'mine', c.mine, 'theirs', c.theirs, 'rows', coalesce(c.rows, '[]')) ORDER BY c.conname), '[]')
    FROM (
        SELECT c.conname, c.confrelid = relation AS own, m.mine,
               CASE WHEN c.confrelid = relation THEN (SELECT array_agg(array_position(names, name) ORDER BY place) FROM unnest(m.theirs) WITH ORDINALITY AS t(name, place)) END AS theirs,
               (SELECT jsonb_agg(picked.values) FROM (
                    SELECT (SELECT jsonb_agg(r.row[array_position(r.names, t.name)] ORDER BY t.place) FROM unnest(m.theirs) WITH ORDINALITY AS t(name, place)) AS values
                    FROM pg_temp.nexus_rows r
                    WHERE r.relation = ANY (c.confrelid || ARRAY(SELECT t.relid::oid FROM pg_partition_tree(c.confrelid) t WHERE t.isleaf))
                    ORDER BY r.at, r.place LIMIT 12) AS picked) AS rows
        FROM pg_constraint c, LATERAL (
            SELECT array_agg(array_position(names, a.attname) ORDER BY u.place) AS mine, array_agg(b.attname ORDER BY u.place) AS theirs
            FROM unnest(c.conkey, c.confkey) WITH ORDINALITY AS u(n, m, place)
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = u.n
            JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = u.m) AS m
        WHERE c.conrelid = relation AND c.contype = 'f' AND c.confrelid <> 0
        -- Keys that point at the partitions of a table repeat the one at the table.
        AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.oid = c.conparentid AND p.conrelid = relation)
    ) AS c
$fill$;

-- The values of one row: the first attempt at row n takes the nth of every column's values, later ones mix them.
CREATE FUNCTION pg_temp.nexus_row(k int, attempt int, lists jsonb[], nullable boolean[], keys jsonb) RETURNS text[] LANGUAGE plpgsql AS $fill$
DECLARE
    given text[] := array_fill(NULL::text, ARRAY[cardinality(nullable)]);
    of_key boolean[] := array_fill(false, ARRAY[cardinality(nullable)]);
    key jsonb; mine int[]; target text[]; j int; many int; matches boolean;
BEGIN
    FOR j IN 1..cardinality(lists) LOOP
        many := jsonb_array_length(lists[j]);
        IF many > 0 THEN
            given[j] := lists[j] ->> ((k - 1 + attempt * (2 * j - 1) + attempt / many) % many);
        END IF;
    END LOOP;
    FOR key IN SELECT value FROM jsonb_array_elements(keys) LOOP
        mine := ARRAY(SELECT value::int FROM jsonb_array_elements_text(key -> 'mine'));
        IF k = 4 AND attempt = 0 AND NOT EXISTS (SELECT FROM unnest(mine) AS m(j) WHERE NOT nullable[m.j] OR of_key[m.j]) THEN
            FOREACH j IN ARRAY mine LOOP given[j] := NULL; of_key[j] := true; END LOOP;
            CONTINUE;
        END IF;
        -- A row of the other table that agrees with the keys before.
        matches := false;
        many := jsonb_array_length(key -> 'rows');
        FOR i IN 0..many - 1 LOOP
            target := ARRAY(SELECT value FROM jsonb_array_elements_text(key -> 'rows' -> ((k - 1 + attempt + i) % many)));
            matches := NOT EXISTS (SELECT FROM unnest(mine, target) AS m(j, value)
                                   WHERE value IS NULL OR of_key[m.j] AND given[m.j] IS DISTINCT FROM value);
            IF matches THEN
                FOR j IN 1..cardinality(mine) LOOP
                    given[mine[j]] := target[j];
                    of_key[mine[j]] := true;
                END LOOP;
                EXIT;
            END IF;
        END LOOP;
        IF NOT matches AND (key ->> 'own')::boolean THEN
            -- The first row can only refer to itself.
            FOR j IN 1..cardinality(mine) LOOP
                given[mine[j]] := given[(key -> 'theirs' ->> (j - 1))::int];
            END LOOP;
        ELSIF NOT matches AND NOT EXISTS (SELECT FROM unnest(mine) AS m(j) WHERE NOT nullable[m.j]) THEN
            FOREACH j IN ARRAY mine LOOP given[j] := NULL; END LOOP;
        END IF;
    END LOOP;
    RETURN given;
END $fill$;

-- Puts rows into one table, and says what became of it.
CREATE FUNCTION pg_temp.nexus_fill(wanted int, relation oid, most int) RETURNS void LANGUAGE plpgsql AS $fill$
DECLARE
    names name[] := '{}'; types text[] := '{}'; lists jsonb[] := '{}'; nullable boolean[] := '{}';
    spelled text := relation::regclass::text;
    given text[]; insert_ text; returned text; deferred text[]; one text; rows_ text;
    keys jsonb;
    it record; fresh record;
    attempts int; done int := 0; twins int; many int;
    reason text; hard boolean; longest int := 3;
BEGIN
    IF (SELECT relkind = 'p' FROM pg_class WHERE oid = relation) THEN
        IF NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = relation) THEN
            INSERT INTO pg_temp.nexus_unfilled VALUES (wanted, 'it has no partition');
        END IF;
        RETURN;
    END IF;
    FOR it IN SELECT a.attname, a.attnum, a.atttypid, a.atttypmod, format_type(a.atttypid, a.atttypmod) AS type, a.attgenerated <> '' AS computed,
                     a.attnotnull, t.typtype,
                     EXISTS (SELECT FROM pg_temp.nexus_hints h WHERE h.relation = nexus_fill.relation AND h.name = a.attname)
                     OR c.relispartition OR EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = relation AND k.contype = 'c' AND k.conkey @> ARRAY[a.attnum]) AS judged
              FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_class c ON c.oid = a.attrelid
              WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum LOOP
        names := names || it.attname;
        types := types || it.type;
        nullable := nullable || NOT it.attnotnull;
        IF it.computed THEN
            given := '{}';
        ELSE
            given := pg_temp.nexus_of_type(it.atttypid, it.atttypmod, 0);
            IF it.judged AND given <> '{}' THEN
                given := pg_temp.nexus_of_column(relation, it.attnum);
                IF given = '{}' THEN
                    reason := coalesce(reason, format('no value of column "%s" that was tried passes its checks', it.attname));
                END IF;
            END IF;
            -- After the plain ones, so that the rows that others refer to have values.
            IF NOT it.attnotnull AND given <> '{}' AND (it.typtype <> 'd' OR pg_temp.nexus_takes_null(it.type)) THEN
                given := given[:3] || NULL::text || given[4:];
            END IF;
        END IF;
        lists := lists || to_jsonb(given);
        longest := greatest(longest, cardinality(given));
    END LOOP;
    SELECT string_agg(format('(%I)::text', name), ', ' ORDER BY place) INTO returned FROM unnest(names) WITH ORDINALITY AS n(name, place);
    SELECT format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE ', spelled, string_agg(quote_ident(name), ', ' ORDER BY place)) INTO insert_
    FROM unnest(names) WITH ORDINALITY AS n(name, place) WHERE lists[place] <> '[]';
    SELECT coalesce(array_agg(same), '{}') INTO deferred FROM (
        SELECT (SELECT string_agg(format('t.%I = f.%I', a.attname, a.attname), ' AND ') FROM unnest(c.conkey) AS u(n)
                JOIN pg_attribute a ON a.attrelid = relation AND a.attnum = u.n) AS same
        FROM pg_constraint c WHERE c.conrelid = relation AND c.contype IN ('p', 'u') AND c.condeferrable) AS d;
    keys := pg_temp.nexus_keys(relation, names);
    -- A key of one column has as many rows as it has values.
    SELECT least(longest, most, min(jsonb_array_length(lists[array_position(names, a.attname)]))) INTO longest
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = relation AND a.attnum = i.indkey[0]
    WHERE i.indrelid = relation AND i.indisunique AND i.indnkeyatts = 1 AND lists[array_position(names, a.attname)] <> '[]';
    IF insert_ IS NOT NULL AND deferred = '{}' THEN
        -- All at once, where that goes.
        SELECT string_agg((SELECT '(' || string_agg(format('%L::%s', v.value, types[v.place]), ', ' ORDER BY v.place) || ')'
            FROM unnest(pg_temp.nexus_row(k, 0, lists, nullable, keys)) WITH ORDINALITY AS v(value, place) WHERE lists[v.place] <> '[]'), ', ' ORDER BY k)
        INTO rows_ FROM generate_series(1, longest) AS k;
        BEGIN
            FOR fresh IN EXECUTE format('%sVALUES %s RETURNING ctid, tableoid, ARRAY[%s]::text[]', insert_, rows_, returned) LOOP
                INSERT INTO pg_temp.nexus_rows VALUES (wanted, fresh.ctid, relation, names, fresh.array);
                done := done + 1;
            END LOOP;
            IF done > 0 THEN RETURN; END IF;
        EXCEPTION WHEN OTHERS THEN
            done := 0;
        END;
    END IF;
    -- What no single column decides takes more attempts.
    hard := EXISTS (SELECT FROM pg_constraint WHERE conrelid = relation AND (contype = 'c' AND cardinality(conkey) <> 1 OR contype = 'x'))
        OR (SELECT relispartition FROM pg_class WHERE oid = relation);
    FOR k IN 1..longest LOOP
        EXIT WHEN k > 3 AND done = 0;
        attempts := CASE WHEN done < 3 AND hard THEN 120 WHEN done < 3 OR hard THEN 24 ELSE 4 END;
        FOR attempt IN 0..attempts LOOP
            SELECT '(' || string_agg(format('%L::%s', v.value, types[v.place]), ', ' ORDER BY v.place) || ')' INTO one
            FROM unnest(pg_temp.nexus_row(k, attempt, lists, nullable, keys)) WITH ORDINALITY AS v(value, place) WHERE lists[v.place] <> '[]';
            BEGIN
                EXECUTE coalesce(insert_ || 'VALUES ' || one, format('INSERT INTO %s DEFAULT VALUES', spelled))
                    || format(' RETURNING ctid, tableoid, ARRAY[%s]::text[]', returned) INTO fresh;
                IF fresh.tableoid IS NULL THEN
                    RAISE EXCEPTION 'it keeps no row that is put into it';
                END IF;
                -- What would be asked at the end of the transaction is asked here: triggers rest.
                FOREACH one IN ARRAY deferred LOOP
                    EXECUTE format('SELECT count(*) FROM %s AS t, (SELECT * FROM %s WHERE ctid = %L) AS f WHERE %s', spelled, spelled, fresh.ctid, one)
                    INTO twins;
                    IF twins > 1 THEN RAISE unique_violation USING MESSAGE = 'a key is taken'; END IF;
                END LOOP;
                FOR n IN 0..jsonb_array_length(keys) - 1 LOOP
                    IF (keys -> n ->> 'own')::boolean THEN
                        keys := jsonb_insert(keys, ARRAY[n::text, 'rows', '-1'], (SELECT jsonb_agg(fresh.array[value::int])
                            FROM jsonb_array_elements_text(keys -> n -> 'theirs')), true);
                    END IF;
                END LOOP;
                INSERT INTO pg_temp.nexus_rows VALUES (wanted, fresh.ctid, relation, names, fresh.array);
                done := done + 1;
                EXIT;
            EXCEPTION WHEN OTHERS THEN
                reason := coalesce(reason, SQLERRM);

            END;
        END LOOP;
    END LOOP;
    IF done = 0 THEN
        INSERT INTO pg_temp.nexus_unfilled VALUES (wanted, coalesce(reason, 'no row was tried'));
    END IF;
END $fill$;

-- Takes out rows that refer to nothing: in a circle of tables there is not always a row to refer to.
CREATE FUNCTION pg_temp.nexus_mend() RETURNS void LANGUAGE plpgsql AS $fill$
DECLARE
    key record; gone tid[]; news boolean := true;
BEGIN
    WHILE news LOOP
        news := false;
        FOR key IN
            SELECT c.conrelid AS relation, c.conrelid::regclass::text AS mine, c.confrelid::regclass::text AS other, w.at,
                   (SELECT string_agg(format('f.%I IS NOT NULL', a.attname), ' AND ') FROM unnest(c.conkey) AS u(n)
                    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = u.n) AS given,
                   (SELECT string_agg(format('f.%I = p.%I', a.attname, b.attname), ' AND ') FROM unnest(c.conkey, c.confkey) AS u(n, m)
                    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = u.n
                    JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = u.m) AS same
            FROM pg_constraint c JOIN pg_temp.nexus_circle w ON w.relation = c.conrelid
            WHERE c.contype = 'f' AND c.confrelid <> 0
        LOOP
            EXECUTE format('WITH gone AS (DELETE FROM ONLY %s f WHERE f.ctid IN (SELECT place FROM pg_temp.nexus_rows WHERE relation = %s)
                AND %s AND NOT EXISTS (SELECT FROM %s p WHERE %s) RETURNING f.ctid) SELECT array_agg(ctid) FROM gone',
                key.mine, key.relation, key.given, key.other, key.same) INTO gone;
            IF gone IS NOT NULL THEN
                news := true;
                DELETE FROM pg_temp.nexus_rows r WHERE r.relation = key.relation AND r.place = ANY (gone);
                INSERT INTO pg_temp.nexus_unfilled SELECT key.at, 'no row that it could refer to'
                WHERE NOT EXISTS (SELECT FROM pg_temp.nexus_rows r WHERE r.relation = key.relation);
            END IF;
        END LOOP;
    END LOOP;
END $fill$;

-- Tables after those that they refer to; in a circle, the first of it goes first.
DO $fill$
DECLARE
    open_ int[]; ready int[]; one int; most int := (SELECT rows FROM pg_temp.nexus_most);
BEGIN
    SELECT array_agg(at ORDER BY at) INTO open_ FROM pg_temp.nexus_wanted;
    CREATE TEMPORARY TABLE nexus_needs ON COMMIT PRESERVE ROWS AS
        SELECT DISTINCT w.at, o.at AS needs
        FROM pg_temp.nexus_wanted w
        JOIN pg_constraint c ON c.conrelid = w.relation AND c.contype = 'f' AND c.confrelid <> c.conrelid
        JOIN LATERAL (SELECT c.confrelid AS relid UNION SELECT t.relid FROM pg_partition_tree(c.confrelid) t WHERE t.isleaf) AS other ON true
        JOIN pg_temp.nexus_wanted o ON o.relation = other.relid AND o.at <> w.at;
    WHILE open_ <> '{}' LOOP
        SELECT array_agg(at ORDER BY at) INTO ready FROM unnest(open_) AS u(at)
        WHERE NOT EXISTS (SELECT FROM pg_temp.nexus_needs n WHERE n.at = u.at AND n.needs = ANY (open_));
        IF ready IS NULL THEN
            ready := open_[:1];
            INSERT INTO pg_temp.nexus_circle SELECT at, relation FROM pg_temp.nexus_wanted WHERE at = ready[1];
        END IF;
        FOREACH one IN ARRAY ready LOOP
            PERFORM pg_temp.nexus_fill(one, (SELECT relation FROM pg_temp.nexus_wanted WHERE at = one), most);
        END LOOP;
        SELECT array_agg(at ORDER BY at) INTO open_ FROM unnest(open_) AS u(at) WHERE NOT at = ANY (ready);
        open_ := coalesce(open_, '{}');
    END LOOP;
    PERFORM pg_temp.nexus_mend();
END $fill$;
