-- Values worth trying for a column of a scratch database.
--
-- Values are tried, not reasoned about: a type says what it reads, and a check what it holds for. So there is no parser
-- here, only lists of values, and constants as the server prints them in checks and bounds.

CREATE TEMPORARY TABLE nexus_wanted (at int, relation oid);
CREATE TEMPORARY TABLE nexus_most (rows int);
-- Texts in which values for a column may stand.
CREATE TEMPORARY TABLE nexus_hints (relation oid, name name, text text);
CREATE TEMPORARY TABLE nexus_values (type text PRIMARY KEY, list text[]);

-- A value as its type prints it, or NULL where the type refuses it.
CREATE FUNCTION pg_temp.nexus_taken(type text, value text) RETURNS text LANGUAGE plpgsql AS $fill$
DECLARE taken text;
BEGIN
    EXECUTE format('SELECT (%L::%s)::text', value, type) INTO taken;
    RETURN taken;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $fill$;

-- Whether a type takes NULL: a domain may not.
CREATE FUNCTION pg_temp.nexus_takes_null(type text) RETURNS boolean LANGUAGE plpgsql AS $fill$
BEGIN
    EXECUTE format('SELECT NULL::%s', type);
    RETURN true;
EXCEPTION WHEN OTHERS THEN
    RETURN false;
END $fill$;

-- Plain values first, one for each of the first rows; then the bounds of the type.
CREATE FUNCTION pg_temp.nexus_of_base(name text, category "char", modifier int) RETURNS text[] LANGUAGE plpgsql AS $fill$
DECLARE
    n int; places int;
    unicode text;
BEGIN
    CASE
    WHEN name = 'bool' THEN RETURN '{true,false}';
    WHEN name = 'int2' THEN RETURN '{1,2,3,-32768,32767,0,-1,4,5,6,7,8}';
    WHEN name = 'int4' THEN RETURN '{1,2,3,-2147483648,2147483647,0,-1,4,5,6,7,8}';
    WHEN name = 'int8' THEN RETURN '{1,2,3,-9223372036854775808,9223372036854775807,0,-1,4,5,6,7,8}';
    WHEN name IN ('float4', 'float8') THEN
        RETURN '{1,2,3,-Infinity,Infinity,NaN,-0,1.7976931348623157e+308,3.4028235e+38,0.1}';
    WHEN name = 'numeric' THEN
        IF modifier < 4 THEN
            RETURN '{1,2,3,-99999999999999999999999999.99,99999999999999999999999999.99,NaN,Infinity,0,0.000000000000001,4,5,6,7,8}';
        END IF;
        -- The scale is a number of eleven bits with a sign.
        n := (modifier - 4) >> 16;
        places := (((modifier - 4) & 2047) # 1024) - 1024;
        RETURN ARRAY['1', '2', '3', (10::numeric ^ -places)::text, (2 * 10::numeric ^ -places)::text,
            (3 * 10::numeric ^ -places)::text, (10::numeric ^ (n - places) - 10::numeric ^ -places)::text,
            (10::numeric ^ -places - 10::numeric ^ (n - places))::text, '0', 'NaN'];
    WHEN name = 'money' THEN RETURN '{1,2,3,-92233720368547758.08,92233720368547758.07,0}';
    WHEN name = 'date' THEN
        RETURN '{2001-01-01,2001-01-02,2001-01-03,-infinity,infinity,4714-11-24 BC,5874897-12-31,2000-02-29,2001-01-04,2001-01-05,2001-01-06,2001-01-07}';
    WHEN name IN ('timestamp', 'timestamptz') THEN
        RETURN '{2001-01-01 12:34:56+00,2001-01-02 12:34:56+00,2001-01-03 12:34:56+00,-infinity,infinity,
            4713-01-01 00:00:00+00 BC,294276-12-30 23:59:59.999999+00,2000-02-29 00:00:00.000001+00,
            2001-01-04 12:34:56+00,2001-01-05 12:34:56+00,2001-01-06 12:34:56+00,2001-01-07 12:34:56+00}';
    WHEN name = 'time' THEN RETURN '{12:34:01,12:34:02,12:34:03,00:00:00,24:00:00,23:59:59.999999}';
    WHEN name = 'timetz' THEN RETURN '{12:34:01+00,12:34:02+00,12:34:03+00,00:00:00+15:59,24:00:00-15:59}';
    WHEN name = 'interval' THEN
        RETURN '{1 day,2 days,3 days,-178000000 years,178000000 years,0,-infinity,infinity,1 mon -1 day 00:00:00.000001}';
    WHEN name = 'uuid' THEN
        RETURN '{00000000-0000-4000-8000-000000000001,00000000-0000-4000-8000-000000000002,
            00000000-0000-4000-8000-000000000003,00000000-0000-0000-0000-000000000000,ffffffff-ffff-ffff-ffff-ffffffffffff,
            00000000-0000-4000-8000-000000000004,00000000-0000-4000-8000-000000000005,00000000-0000-4000-8000-000000000006,
            00000000-0000-4000-8000-000000000007,00000000-0000-4000-8000-000000000008,00000000-0000-4000-8000-000000000009}';
    WHEN name IN ('json', 'jsonb') THEN
        RETURN ARRAY['{"n": 1}', '{"n": 2}', '{"n": 3}', 'null', '{}', '[]', '""', '[1, "a", null, {"b": [true]}]', '-1.5e3'];
    WHEN name = 'bytea' THEN RETURN ARRAY['\x01', '\x02', '\x03', '\x', '\x00ff', '\x' || repeat('ab', 300)];
    WHEN name IN ('inet', 'cidr') THEN
        RETURN '{10.0.0.1,10.0.0.2,10.0.0.3,::1,0.0.0.0/0,::/0,255.255.255.255,fe80::1/64,10.0.0.0/8}';
    WHEN name = 'macaddr' THEN RETURN '{08:00:2b:01:02:01,08:00:2b:01:02:02,08:00:2b:01:02:03,00:00:00:00:00:00,ff:ff:ff:ff:ff:ff}';
    WHEN name = 'macaddr8' THEN
        RETURN '{08:00:2b:ff:fe:01:02:01,08:00:2b:ff:fe:01:02:02,08:00:2b:ff:fe:01:02:03,00:00:00:00:00:00:00:00}';
    WHEN name IN ('bit', 'varbit') THEN
        n := least(greatest(modifier, 1), 1000);
        RETURN ARRAY[lpad('1', n, '0'), lpad('10', n, '0'), lpad('11', n, '0'), repeat('0', n), repeat('1', n), ''];
    WHEN name = 'point' THEN RETURN ARRAY['(1,1)', '(2,2)', '(3,3)', '(0,0)', '(Infinity,-Infinity)'];
    WHEN name = 'box' THEN RETURN ARRAY['(1.5,1.5),(1,1)', '(2.5,2.5),(2,2)', '(3.5,3.5),(3,3)', '(0,0),(0,0)'];
    WHEN name = 'lseg' THEN RETURN ARRAY['[(1,1),(2,2)]', '[(2,2),(3,3)]', '[(3,3),(4,4)]'];
    WHEN name = 'line' THEN RETURN ARRAY['{1,2,3}', '{2,3,4}', '{3,4,5}'];
    WHEN name IN ('path', 'polygon') THEN RETURN ARRAY['((1,1),(2,2))', '((2,2),(3,3))', '((3,3),(4,4))'];
    WHEN name = 'circle' THEN RETURN ARRAY['<(1,1),0.1>', '<(2,2),0.1>', '<(3,3),0.1>', '<(0,0),0>'];
    WHEN name = 'xml' THEN RETURN ARRAY['<n>1</n>', '<n>2</n>', '<n>3</n>', ''];
    WHEN name = 'tsvector' THEN RETURN ARRAY['n1', 'n2', 'n3', '', 'a:1A,2B b'];
    WHEN name = 'tsquery' THEN RETURN ARRAY['n1', 'n2', 'n3', '', 'a & !b'];
    WHEN name = 'jsonpath' THEN RETURN ARRAY['$.a', '$.b', '$.c', '$'];
    WHEN name = 'pg_lsn' THEN RETURN ARRAY['0/1', '0/2', '0/3', '0/0', 'FFFFFFFF/FFFFFFFF'];
    WHEN name IN ('txid_snapshot', 'pg_snapshot') THEN RETURN ARRAY['1:1:', '2:2:', '3:3:'];
    WHEN name IN ('oid', 'xid', 'xid8', 'cid') THEN RETURN ARRAY['1', '2', '3', '0', '4294967295'];
    WHEN name = 'tid' THEN RETURN ARRAY['(0,1)', '(0,2)', '(0,3)'];
    WHEN name LIKE 'reg%' AND category = 'N' THEN
        RETURN ARRAY['pg_class', 'pg_type', 'pg_proc', 'int4', 'text', 'bool', 'now', 'version', 'pg_catalog', 'english', 'simple',
            '-', 'now()', 'version()', '+(integer,integer)', '-(integer,integer)', 'pg_catalog."C"', 'pg_catalog."POSIX"'];
    WHEN name = 'char' THEN RETURN ARRAY['1', '2', '3', ''];
    WHEN category IN ('S', 'U') THEN
        BEGIN
            unicode := convert_from('\x6ec3a4c3afc39f20e6bca2e5ad9720f09f8e8920cc81', 'UTF8');
        EXCEPTION WHEN OTHERS THEN unicode := 'unicode';
        END;
        n := CASE WHEN modifier > 4 THEN least(modifier - 4, 10000) ELSE 300 END;
        -- What unknown types may read comes last.
        RETURN ARRAY['v1', 'v2', 'v3', '', repeat('x', n), unicode, 'it''s "\ <&%_', ' ', 'v4', 'v5', 'v6', 'v7', 'v8', '1', '2', '3',
            '[1,2,3]', '[2,2,3]', '[3,2,3]', '{}', 'a=>1', 'POINT(1 1)', '1.0.0', '10.0.0.1', '(1,2)'];
    ELSE RETURN '{1,2,3}';
    END CASE;
END $fill$;

-- Values that a type takes, as it prints them.
CREATE FUNCTION pg_temp.nexus_of_type(wanted oid, modifier int, depth int) RETURNS text[] LANGUAGE plpgsql AS $fill$
DECLARE
    spelled text := format_type(wanted, modifier);
    known text[]; tried text[] := '{}'; inner_ text[]; parts text[] := '{}'; n int;
    it record; part record;
BEGIN
    SELECT list INTO known FROM pg_temp.nexus_values WHERE type = spelled;
    IF FOUND THEN RETURN known; END IF;
    IF depth > 8 THEN RETURN '{}'; END IF;
    SELECT t.typname, t.typtype, t.typcategory, t.typbasetype, t.typtypmod, t.typelem, t.typrelid,
           t.typsubscript = 'array_subscript_handler'::regproc AS is_array
    INTO it FROM pg_type t WHERE t.oid = wanted;
    CASE
    WHEN it.typtype = 'd' THEN
        tried := pg_temp.nexus_of_type(it.typbasetype, it.typtypmod, depth + 1);
        FOR part IN SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE contypid = wanted ORDER BY conname LOOP
            parts := parts || pg_temp.nexus_near(part.text);
        END LOOP;
        tried := parts || tried;
    WHEN it.typtype = 'e' THEN
        SELECT array_agg(enumlabel::text ORDER BY enumsortorder) INTO tried FROM pg_enum WHERE enumtypid = wanted;
    WHEN it.is_array THEN
        inner_ := pg_temp.nexus_of_type(it.typelem, modifier, depth + 1);
        tried := ARRAY[ARRAY[inner_[1]]::text, ARRAY[inner_[2], NULL]::text, ARRAY[inner_[1], inner_[3]]::text, '{}', inner_::text,
            ARRAY[ARRAY[inner_[1]], ARRAY[inner_[2]]]::text];
    WHEN it.typtype = 'r' THEN
        SELECT rngsubtype AS subtype INTO part FROM pg_range WHERE rngtypid = wanted;
        SELECT array_agg('"' || replace(replace(value, '\', '\\'), '"', '\"') || '"' ORDER BY place) INTO inner_
        FROM unnest(pg_temp.nexus_of_type(part.subtype, -1, depth + 1)) WITH ORDINALITY AS of(value, place);
        tried := ARRAY['[' || inner_[1] || ',' || inner_[2] || ')', '[' || inner_[2] || ',' || inner_[3] || ')',
            '[' || inner_[3] || ',)', 'empty', '(,)', '(,' || inner_[1] || ')', '[' || inner_[1] || ',' || inner_[1] || ']'];
    WHEN it.typtype = 'm' THEN
        SELECT rngtypid AS range INTO part FROM pg_range WHERE rngmultitypid = wanted;
        SELECT array_agg('{' || value || '}' ORDER BY place) || '{}'::text INTO tried
        FROM unnest(pg_temp.nexus_of_type(part.range, -1, depth + 1)) WITH ORDINALITY AS of(value, place);
    WHEN it.typtype = 'c' THEN
        FOR n IN 1..4 LOOP
            parts := '{}';
            FOR part IN SELECT atttypid, atttypmod FROM pg_attribute
                        WHERE attrelid = it.typrelid AND attnum > 0 AND NOT attisdropped ORDER BY attnum LOOP
                inner_ := pg_temp.nexus_of_type(part.atttypid, part.atttypmod, depth + 1);
                parts := parts || quote_nullable(CASE WHEN n < 4 THEN inner_[1 + (n - 1) % greatest(cardinality(inner_), 1)] END);
            END LOOP;
            EXECUTE format('SELECT ROW(%s)::text', array_to_string(parts, ',')) INTO part;
            tried := tried || part.row;
        END LOOP;
    WHEN it.typtype = 'p' THEN tried := '{}';
    ELSE
        tried := pg_temp.nexus_of_base(it.typname, it.typcategory, modifier);
    END CASE;
    known := pg_temp.nexus_fitting(spelled, tried);
    INSERT INTO pg_temp.nexus_values VALUES (spelled, known);
    RETURN known;
END $fill$;

-- What a type takes of some values, each once, in their order.
CREATE FUNCTION pg_temp.nexus_fitting(type text, tried text[]) RETURNS text[] LANGUAGE plpgsql AS $fill$
DECLARE all_ text; taken text[];
BEGIN
    -- All at once, where it takes them all.
    SELECT string_agg(format('(%L::%s)::text', value, type), ', ' ORDER BY place) INTO all_
    FROM unnest(tried) WITH ORDINALITY AS t(value, place);
    BEGIN
        EXECUTE format('SELECT ARRAY[%s]', all_) INTO taken;
    EXCEPTION WHEN OTHERS THEN
        SELECT array_agg(pg_temp.nexus_taken(type, value) ORDER BY place) INTO taken
        FROM unnest(tried) WITH ORDINALITY AS t(value, place);
    END;
    RETURN (SELECT coalesce(array_agg(value ORDER BY place), '{}') FROM (
        SELECT DISTINCT ON (value) value, place FROM unnest(taken) WITH ORDINALITY AS t(value, place)
        WHERE value IS NOT NULL ORDER BY value, place) AS once);
END $fill$;

-- Values that a condition mentions, and some beside them.
CREATE FUNCTION pg_temp.nexus_near(condition text) RETURNS text[] LANGUAGE plpgsql AS $fill$
DECLARE
    near text[] := '{}'; one text; bare text;
BEGIN
    FOR one IN SELECT replace(match[1], '''''', '''')
               FROM regexp_matches(condition, '''((?:[^'']|'''')*)''', 'g') AS match LIMIT 30 LOOP
        near := near || one;
        -- A pattern of LIKE holds for itself without its signs; one of a regular expression may.
        bare := replace(replace(one, '%', 'a'), '_', 'a');
        IF bare <> one THEN near := near || bare; END IF;
        IF one ~ '[\^$\[\]*+?{}|()\\]' THEN
            near := near || pg_temp.nexus_matching(one);
        END IF;
    END LOOP;
    FOR one IN SELECT match[1]
               FROM regexp_matches(regexp_replace(condition, '''(?:[^'']|'''')*''', '', 'g'), '(?:^|[^\w.])(-?\d+(?:\.\d+)?)', 'g') AS match
               LIMIT 20 LOOP
        near := near || ARRAY[one, (one::numeric + 1)::text, (one::numeric - 1)::text, (one::numeric + 2)::text];
        -- It may be a length.
        IF one ~ '^\d{1,4}$' THEN
            near := near || ARRAY[repeat('x', one::int), repeat('x', one::int + 1), repeat('x', greatest(one::int - 1, 0))];
        END IF;
    END LOOP;
    RETURN near;
END $fill$;

-- Texts that a simple regular expression may match: the server judges them.
CREATE FUNCTION pg_temp.nexus_matching(pattern text) RETURNS text[] LANGUAGE plpgsql AS $fill$
DECLARE
    rest text := regexp_replace(pattern, '^\^|\$$', '', 'g'); out_ text[] := '{"",""}'; one text; piece text[]; times int; n int;
BEGIN
    WHILE rest <> '' LOOP
        piece := regexp_match(rest, '^(\[\^?\]?[^\]]*\]|\\.|\([^()]*\)|.)(\{(\d+)[^}]*\}|[*+?])?');
        EXIT WHEN piece IS NULL;
        one := piece[1];
        one := CASE
            WHEN one ~ '^\[\^' THEN 'v'
            WHEN one ~ '^\[' THEN CASE WHEN one ~ 'a-z' THEN 'a' WHEN one ~ 'A-Z' THEN 'A' WHEN one ~ '0-9|\\d' THEN '1' ELSE
                CASE WHEN substr(one, 2, 1) = '\' THEN 'a' ELSE substr(one, 2, 1) END END
            WHEN one = '\d' THEN '1' WHEN one = '\w' THEN 'a' WHEN one = '\s' THEN ' '
            WHEN one ~ '^\\' THEN substr(one, 2)
            WHEN one ~ '^\(' THEN split_part(regexp_replace(trim(both '()' from one), '^\?:', ''), '|', 1)
            WHEN one = '.' THEN 'v'
            ELSE one END;
        times := coalesce(piece[3]::int, CASE WHEN left(piece[2], 1) IN ('*', '?') THEN 0 ELSE 1 END);
        FOR n IN 1..2 LOOP
            -- The second is a little longer where it may be.
            out_[n] := out_[n] || repeat(one, least(times + CASE WHEN n = 2 AND piece[2] IN ('*', '+', '?') THEN 1 ELSE 0 END, 1000));
        END LOOP;
        rest := substr(rest, length(piece[1] || coalesce(piece[2], '')) + 1);
    END LOOP;
    RETURN out_;
END $fill$;

-- Whether a condition on one column holds for a value; what cannot be asked of a value alone is left to the table.
CREATE FUNCTION pg_temp.nexus_holds(condition text, relation name, name name, type text, value text) RETURNS boolean LANGUAGE plpgsql AS $fill$
DECLARE holds boolean;
BEGIN
    EXECUTE format('SELECT (%s) IS NOT FALSE FROM (SELECT %L::%s AS %I) AS %I', condition, value, type, name, relation) INTO holds;
    RETURN holds;
EXCEPTION
    WHEN data_exception OR integrity_constraint_violation THEN RETURN false;
    WHEN OTHERS THEN RETURN true;
END $fill$;

-- Those of some values for which a condition on one column holds, in their order.
CREATE FUNCTION pg_temp.nexus_holding(condition text, relation name, name name, type text, tried text[]) RETURNS text[] LANGUAGE plpgsql AS $fill$
DECLARE all_ text; held boolean[];
BEGIN
    SELECT string_agg(format('(%s, %L::%s)', place, value, type), ', ' ORDER BY place) INTO all_
    FROM unnest(tried) WITH ORDINALITY AS t(value, place);
    BEGIN
        EXECUTE format('SELECT array_agg((%s) IS NOT FALSE ORDER BY %I.%I) FROM (VALUES %s) AS %I (%I, %I)', condition, relation, name || '_', all_, relation, name || '_', name)
        INTO held;
    EXCEPTION WHEN OTHERS THEN
        SELECT array_agg(pg_temp.nexus_holds(condition, relation, name, type, value) ORDER BY place) INTO held
        FROM unnest(tried) WITH ORDINALITY AS t(value, place);
    END;
    RETURN (SELECT coalesce(array_agg(value ORDER BY place), '{}') FROM unnest(tried, held) WITH ORDINALITY AS t(value, holds, place) WHERE holds);
END $fill$;

-- The values of a column that its own conditions hold for, those that they mention first.
CREATE FUNCTION pg_temp.nexus_of_column(relation oid, number int) RETURNS text[] LANGUAGE plpgsql AS $fill$
DECLARE
    it record; condition record; list text[]; extra text[] := '{}'; spelled text; only_ text[] := '{}'; spelled_condition text;
BEGIN
    SELECT a.attname, a.atttypid, a.atttypmod, c.relname, c.relispartition INTO it
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attrelid = relation AND a.attnum = number;
    spelled := format_type(it.atttypid, it.atttypmod);
    list := pg_temp.nexus_of_type(it.atttypid, it.atttypmod, 0);
    FOR condition IN
        SELECT pg_get_expr(conbin, conrelid) AS text, conkey FROM pg_constraint
        WHERE conrelid = relation AND contype = 'c' AND conkey @> ARRAY[number::int2]
        UNION ALL
        SELECT pg_get_partition_constraintdef(relation),
               (SELECT array_agg(DISTINCT mine.attnum) FROM pg_partition_ancestors(relation) AS above(oid)
                JOIN pg_partitioned_table p ON p.partrelid = above.oid
                JOIN pg_attribute theirs ON theirs.attrelid = p.partrelid AND theirs.attnum = ANY (p.partattrs)
                JOIN pg_attribute mine ON mine.attrelid = relation AND mine.attname = theirs.attname)
        WHERE it.relispartition
    LOOP
        CONTINUE WHEN condition.text IS NULL;
        extra := extra || pg_temp.nexus_near(condition.text);
        IF cardinality(condition.conkey) = 1 AND condition.conkey[1] = number THEN
            only_ := only_ || condition.text;
        END IF;
    END LOOP;
    IF it.relispartition THEN
        SELECT extra || pg_temp.nexus_near(pg_get_expr(relpartbound, oid)) INTO extra FROM pg_class WHERE oid = relation;
    END IF;
    FOR condition IN SELECT h.text FROM pg_temp.nexus_hints h WHERE h.relation = nexus_of_column.relation AND h.name = it.attname LOOP
        extra := extra || pg_temp.nexus_near(condition.text);
    END LOOP;
    IF extra <> '{}' THEN
        extra := pg_temp.nexus_fitting(spelled, extra);
        list := extra || ARRAY(SELECT value FROM unnest(list) WITH ORDINALITY AS of(value, place) WHERE NOT value = ANY (extra) ORDER BY place);
    END IF;
    list := list[:CASE WHEN only_ = '{}' THEN 40 ELSE 60 END];
    FOREACH spelled_condition IN ARRAY only_ LOOP
        EXIT WHEN list = '{}';
        list := pg_temp.nexus_holding(spelled_condition, it.relname, it.attname, spelled, list);
    END LOOP;
    RETURN list[:40];
END $fill$;
