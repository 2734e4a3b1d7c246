-- Other addresses under which dependencies name an object: class, oid, sub, and those of the object itself.
-- The row type of a relation, and of a composite type the relation behind it.
SELECT 'pg_type'::regclass::oid, t.oid, 0, 'pg_class'::regclass::oid, c.oid, 0
FROM pg_class c JOIN pg_type t ON t.oid = c.reltype
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.oid >= 16384
UNION ALL
SELECT 'pg_class'::regclass, c.oid, 0, 'pg_type'::regclass, c.reltype, 0
FROM pg_class c WHERE c.relkind = 'c' AND c.oid >= 16384
-- Arrays and multiranges stand for their elements.
UNION ALL
SELECT 'pg_type'::regclass, t.typarray, 0,
       CASE WHEN c.relkind IN ('r', 'p', 'v', 'm', 'f') THEN 'pg_class'::regclass ELSE 'pg_type'::regclass END,
       CASE WHEN c.relkind IN ('r', 'p', 'v', 'm', 'f') THEN c.oid ELSE t.oid END, 0
FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE t.typarray <> 0 AND t.oid >= 16384
UNION ALL
SELECT 'pg_type'::regclass, r.rngmultitypid, 0, 'pg_type'::regclass, r.rngtypid, 0 FROM pg_range r WHERE r.rngtypid >= 16384
-- The index of a constraint.
UNION ALL
SELECT 'pg_class'::regclass, c.conindid, 0, 'pg_constraint'::regclass, c.oid, 0
FROM pg_constraint c WHERE c.contype IN ('p', 'u', 'x') AND c.oid >= 16384
-- The sequence of an identity column; the expression of a generated one.
UNION ALL
SELECT 'pg_class'::regclass, d.objid, 0, 'pg_class'::regclass, d.refobjid, d.refobjsubid
FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i' AND d.refobjsubid > 0
UNION ALL
SELECT 'pg_attrdef'::regclass, d.oid, 0, 'pg_class'::regclass, d.adrelid, CASE WHEN a.attgenerated <> '' THEN d.adnum ELSE 0 END
FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum JOIN pg_class c ON c.oid = d.adrelid
WHERE a.attgenerated <> '' OR c.relkind = 'v'
-- The query of a view.
UNION ALL
SELECT 'pg_rewrite'::regclass, w.oid, 0, 'pg_class'::regclass, w.ev_class, 0
FROM pg_rewrite w WHERE w.rulename = '_RETURN' AND w.oid >= 16384
-- A member of an operator class or, if no class has it, of a family.
UNION ALL
SELECT d.classid, d.objid, 0, d.refclassid, d.refobjid, 0
FROM pg_depend d WHERE d.classid IN ('pg_amop'::regclass, 'pg_amproc'::regclass) AND d.refclassid = 'pg_opclass'::regclass
UNION ALL
SELECT 'pg_amop'::regclass, a.oid, 0, 'pg_opfamily'::regclass, a.amopfamily, 0 FROM pg_amop a WHERE a.oid >= 16384
UNION ALL
SELECT 'pg_amproc'::regclass, a.oid, 0, 'pg_opfamily'::regclass, a.amprocfamily, 0 FROM pg_amproc a WHERE a.oid >= 16384
-- The trigger that a partition has of its parent's.
UNION ALL
SELECT 'pg_trigger'::regclass, t.oid, 0, 'pg_trigger'::regclass, t.tgparentid, 0
FROM pg_trigger t WHERE t.tgparentid <> 0
