-- What needs what: addresses of the dependent and of what it needs.
SELECT d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid
FROM pg_depend d
WHERE d.objid >= 16384 AND d.refobjid >= 16384 AND d.deptype IN ('n', 'a', 'i', 'P', 'S')
  -- An owned sequence goes with its column but is made before it.
  AND NOT (d.deptype = 'a' AND d.classid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.refclassid = 'pg_class'::regclass
           AND EXISTS (SELECT FROM pg_sequence s WHERE s.seqrelid = d.objid))
  -- A partition's table stands by itself; its attachment needs the parent.
  AND NOT (d.deptype = 'a' AND d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND d.refclassid = 'pg_class'::regclass
           AND EXISTS (SELECT FROM pg_class c WHERE c.oid = d.objid AND c.relispartition AND c.relkind IN ('r', 'p')))
  -- A partition's keys and indexes are made before it is attached, not because of the parent's.
  AND NOT (d.deptype = 'P')
-- The attachment comes after what the partition shares with its parent.
UNION ALL
SELECT 'pg_class'::regclass, i.indrelid, -1, 'pg_class'::regclass, i.indexrelid, 0
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relispartition
UNION ALL
SELECT 'pg_class'::regclass, k.conrelid, -1, 'pg_constraint'::regclass, k.oid, 0
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE c.relispartition AND k.contype IN ('c', 'p', 'u', 'x')
-- A partition's column comes from the parent's once attached; its attachment needs the columns on both sides.
UNION ALL
SELECT 'pg_class'::regclass, a.attrelid, -1, 'pg_class'::regclass, a.attrelid, a.attnum
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relispartition AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
