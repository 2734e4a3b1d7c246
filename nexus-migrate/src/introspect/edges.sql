-- What needs what: addresses of the dependent and of what it needs.
SELECT d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid
FROM pg_depend d
WHERE d.objid >= 16384 AND d.refobjid >= 16384 AND d.deptype IN ('n', 'a', 'i', 'P', 'S')
  -- An owned sequence goes with its column but is made before it.
  AND NOT (d.deptype = 'a' AND d.classid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.refclassid = 'pg_class'::regclass
           AND EXISTS (SELECT FROM pg_sequence s WHERE s.seqrelid = d.objid))
  -- A partition's table stands by itself; its attachment needs the parent.
  AND NOT (d.deptype = 'a' AND d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND d.refclassid = 'pg_class'::regclass
           AND EXISTS (SELECT FROM pg_class c WHERE c.oid = d.objid AND c.relispartition AND c.relkind IN ('r', 'p', 'f')))
  -- The functions of a base type are made when it has only its name.
  AND NOT (d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_type'::regclass
           AND EXISTS (SELECT FROM pg_depend t WHERE t.classid = 'pg_type'::regclass AND t.objid = d.refobjid
                       AND t.refclassid = 'pg_proc'::regclass AND t.refobjid = d.objid))
  -- A partition's keys and indexes are made before it is attached, not because of the parent's.
  AND NOT (d.deptype = 'P')
  -- A partition's copy of a trigger comes and goes with the parent's.
  AND NOT (d.classid = 'pg_trigger'::regclass AND EXISTS (SELECT FROM pg_trigger t WHERE t.oid = d.objid AND t.tgparentid <> 0))
UNION ALL
SELECT d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, -1
FROM pg_depend d
WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_type'::regclass AND d.refobjid >= 16384
  AND EXISTS (SELECT FROM pg_depend t WHERE t.classid = 'pg_type'::regclass AND t.objid = d.refobjid
              AND t.refclassid = 'pg_proc'::regclass AND t.refobjid = d.objid)
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
WHERE c.relispartition AND c.relkind IN ('r', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'pg_class'::regclass, i.inhrelid, -1, 'pg_class'::regclass, a.attrelid, a.attnum
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_attribute a ON a.attrelid = i.inhparent
WHERE c.relispartition AND c.relkind IN ('r', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'pg_class'::regclass, i.inhrelid, -1, 'pg_constraint'::regclass, k.oid, 0
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_constraint k ON k.conrelid = i.inhparent
WHERE c.relispartition AND c.relkind IN ('r', 'p', 'f') AND k.contype = 'c'
-- A child's column or check that comes from a parent is made after the parent's.
UNION ALL
SELECT 'pg_class'::regclass, a.attrelid, a.attnum, 'pg_class'::regclass, p.attrelid, p.attnum
FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid
JOIN pg_attribute a ON a.attrelid = i.inhrelid
JOIN pg_attribute p ON p.attrelid = i.inhparent AND p.attname = a.attname
WHERE c.relkind IN ('r', 'f') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attislocal
UNION ALL
SELECT 'pg_constraint'::regclass, k.oid, 0, 'pg_constraint'::regclass, p.oid, 0
FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid
JOIN pg_constraint k ON k.conrelid = i.inhrelid
JOIN pg_constraint p ON p.conrelid = i.inhparent AND p.conname = k.conname
WHERE c.relkind IN ('r', 'f') AND NOT c.relispartition AND k.contype = 'c' AND NOT k.conislocal
-- A foreign key to a partitioned table holds each of its partitions, through a part of the key for each.
UNION ALL
SELECT 'pg_constraint'::regclass, k.root, 0, 'pg_class'::regclass, k.confrelid, -1
FROM (
    WITH RECURSIVE part AS (
        SELECT c.oid AS root, c.oid, c.confrelid, c.conrelid FROM pg_constraint c WHERE c.contype = 'f'
        UNION ALL
        SELECT p.root, c.oid, c.confrelid, c.conrelid
        FROM part p JOIN pg_constraint c ON c.conparentid = p.oid AND c.conrelid = p.conrelid AND c.contype = 'f')
    SELECT root, confrelid FROM part WHERE oid <> root) AS k
-- What a partition's copy of a trigger says of itself comes after the attachment, and after the parent's trigger.
UNION ALL
SELECT 'pg_trigger'::regclass, t.oid, 0, x.class, x.oid, x.sub
FROM pg_trigger t
JOIN pg_trigger p ON p.oid = t.tgparentid
LEFT JOIN pg_description d ON d.classoid = 'pg_trigger'::regclass AND d.objoid = t.oid
CROSS JOIN LATERAL (VALUES ('pg_class'::regclass, t.tgrelid, -1), ('pg_trigger'::regclass, p.oid, 0)) AS x (class, oid, sub)
WHERE NOT t.tgisinternal AND (t.tgenabled <> p.tgenabled OR d.objoid IS NOT NULL)
-- An index of a parent alone is made after the attachment of a partition that has no part of it, which would get one.
UNION ALL
SELECT 'pg_class'::regclass, x.indexrelid, 0, 'pg_class'::regclass, h.inhrelid, -1
FROM pg_index x
JOIN pg_class r ON r.oid = x.indrelid
JOIN pg_inherits h ON h.inhparent = x.indrelid
WHERE r.relkind = 'p' AND NOT x.indisvalid
  AND NOT EXISTS (SELECT FROM pg_inherits i JOIN pg_index c ON c.indexrelid = i.inhrelid
                  WHERE i.inhparent = x.indexrelid AND c.indrelid = h.inhrelid)
