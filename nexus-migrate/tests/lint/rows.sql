INSERT INTO p.parent SELECT n, 'v' || n FROM generate_series(1, 20) n;
INSERT INTO p.t
SELECT n, n, n, n, n, n, 'v' || n, 'text ' || n, 'c' || n, 'a', gen_random_uuid(), now(), now(), now(), '12:34', '1 day', '10.0.0.0/8',
       '10.0.0.1', '1010', '{}'
FROM generate_series(1, 20) n;
INSERT INTO p.pt SELECT n, n * 10, 'v' || n FROM generate_series(1, 19) n;
INSERT INTO p.pnew SELECT n, 200 + n, 'v' || n FROM generate_series(1, 20) n;
