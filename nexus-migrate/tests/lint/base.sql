-- The state that the cases start from, as in the measurements: tables without foreign keys, a key each, and one of
-- everything that the statements name.
CREATE EXTENSION citext;
CREATE EXTENSION btree_gist;
CREATE SCHEMA p;
CREATE TYPE p.mood AS ENUM ('a', 'b', 'c');
CREATE DOMAIN p.plaind AS integer;
CREATE DOMAIN p.chkd AS integer CHECK (VALUE > 0 OR VALUE IS NULL);
CREATE TABLE p.parent (id bigint PRIMARY KEY, pv varchar(20));
CREATE TABLE p.t (
    id bigint PRIMARY KEY,
    pid bigint,
    i integer,
    b bigint NOT NULL,
    n numeric(10, 2),
    nn0 numeric,
    v varchar(20),
    txt text,
    ch char(5),
    e p.mood,
    u uuid,
    ts timestamp,
    ts3 timestamp(3),
    tz timestamptz,
    tm3 time(3),
    iv3 interval(3),
    ci cidr,
    ine inet,
    vb varbit(8),
    j json
);
CREATE TABLE p.pt (id bigint, k bigint, v varchar(20)) PARTITION BY RANGE (k);
CREATE TABLE p.pt1 PARTITION OF p.pt FOR VALUES FROM (0) TO (100);
CREATE TABLE p.pt2 PARTITION OF p.pt FOR VALUES FROM (100) TO (200);
CREATE TABLE p.pnew (id bigint, k bigint, v varchar(20));
CREATE SEQUENCE p.sq;
CREATE FUNCTION p.f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
DO $$ BEGIN CREATE ROLE probe_role; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT USAGE ON SCHEMA p TO probe_role;
