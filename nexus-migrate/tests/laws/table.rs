//! Tables of every form, and what stands on them.

use crate::genes::Gene;
use crate::parts::{Types, call};

const TABLES: [&str; 5] = ["t", "\"Order\"", "s.t", "s.\"u \"\"v\"", "\"select\""];
const COLUMNS: [&str; 5] = ["a", "\"C c\"", "\"d\"\"q\"", "\"select\"", "é"];
const CHECKS: [&str; 6] = [
    "id > 0",
    "id BETWEEN 1 AND 9",
    "id IN (1, 2, 3)",
    "id <> 77 AND (id + 1) > 0",
    "id::text <> 'it''s $$ -- /*'",
    "id IS NOT NULL",
];
/// Genes of a column.
const WIDTH: usize = 3;
/// Where the genes of the columns end, and those of what stands on the table begin.
const END: usize = 1 + 5 * WIDTH;

/// A table that can be referred to.
#[derive(Clone)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    gene: Gene,
    columns: Vec<&'static str>,
    /// Whether another table's key can refer to its id.
    keyed: bool,
    partitioned: bool,
    /// Whether a crash leaves its rows: only then are they told to others.
    logged: bool,
}

impl Table {
    /// The id and some of its columns.
    pub(crate) fn some(&self, mask: usize) -> Vec<&'static str> {
        let chosen =
            self.columns.iter().enumerate().filter(|(n, _)| mask >> n & 1 == 1).map(|(_, name)| *name);
        std::iter::once("id").chain(chosen).collect()
    }
}

/// An ordinary table.
pub(crate) fn plain(n: usize, gene: &Gene, types: &Types, out: &mut String) -> Option<Table> {
    if !gene.is_there() {
        return None;
    }
    let (mut pieces, columns) = columns(gene, types);
    let key = gene.pick(END, 5);
    match key {
        1 => pieces.push("PRIMARY KEY (id)".into()),
        2 => pieces.push(format!("CONSTRAINT \"the key {n}\" UNIQUE (id) INCLUDE (n)")),
        3 => pieces.push(format!("CONSTRAINT \"the key {n}\" PRIMARY KEY (id) WITH (fillfactor = 70)")),
        4 => pieces.push("UNIQUE NULLS NOT DISTINCT (n)".into()),
        _ => {}
    }
    if gene.pick(END + 1, 3) > 0 {
        let no_inherit = if gene.rarely(END + 2, 3) == 1 { " NO INHERIT" } else { "" };
        pieces.push(format!("CONSTRAINT sane CHECK ({}){no_inherit}", CHECKS[gene.pick(END + 3, 6)]));
    }
    if types.called && gene.pick(END + 4, 4) == 1 {
        pieces.push(format!("CHECK ({} > 0)", call("id")));
    }
    if let Some(operator) = types.operator.filter(|_| gene.pick(END + 4, 4) == 2) {
        pieces.push(format!("CONSTRAINT ruled CHECK (id {operator} -5)"));
    }
    if gene.rarely(END + 5, 5) == 1 {
        pieces.push(format!("CONSTRAINT apart{n} EXCLUDE USING btree (n WITH =) WHERE (n > 5)"));
    }
    let unlogged = if gene.rarely(END + 6, 4) == 1 { "UNLOGGED " } else { "" };
    let with = ["", " WITH (fillfactor = 60)", " WITH (autovacuum_enabled = off, fillfactor = 50)"]
        [gene.rarely(END + 7, 3)];
    *out += &format!("CREATE {unlogged}TABLE {} ({}){with};\n", TABLES[n], pieces.join(", "));
    let logged = unlogged.is_empty();
    Some(Table {
        name: TABLES[n],
        gene: gene.clone(),
        columns,
        keyed: (1..=3).contains(&key) && logged,
        partitioned: false,
        logged,
    })
}

/// A table with partitions, one of which is attached, one partitioned itself.
pub(crate) fn partitioned(gene: &Gene, types: &Types, out: &mut String) -> Option<Table> {
    if !gene.is_there() {
        return None;
    }
    let (mut pieces, columns) = columns(gene, types);
    let key = gene.pick(END, 3);
    if key == 1 {
        pieces.push("PRIMARY KEY (id)".into());
    }
    if gene.pick(END + 1, 3) > 0 {
        pieces.push(format!("CONSTRAINT sane CHECK ({})", CHECKS[gene.pick(END + 3, 6)]));
    }
    let all = pieces.join(", ");
    *out += &format!("CREATE TABLE parted ({all}) PARTITION BY RANGE (id);\n");
    let bound = 10 + gene.rarely(END + 2, 3);
    *out += &format!("CREATE TABLE \"parted 1\" PARTITION OF parted FOR VALUES FROM (0) TO ({bound});\n");
    match gene.pick(END + 4, 4) {
        1 => {
            *out +=
                &format!("CREATE TABLE s.parted2 PARTITION OF parted FOR VALUES FROM ({bound}) TO (100);\n")
        }
        2 => {
            *out += "CREATE TABLE s.parted2 PARTITION OF parted DEFAULT PARTITION BY HASH (id);\nCREATE TABLE parted3 PARTITION OF s.parted2 FOR VALUES WITH (MODULUS 1, REMAINDER 0);\n"
        }
        3 => *out += &format!("CREATE TABLE s.parted2 ({all});\n"),
        _ => {}
    }
    match gene.rarely(END + 5, 4) {
        1 => *out += "ALTER TABLE \"parted 1\" ALTER n SET DEFAULT 12;\n",
        2 => *out += "CREATE INDEX own ON \"parted 1\" (n);\n",
        3 => {
            *out +=
                "ALTER TABLE \"parted 1\" ALTER n SET NOT NULL;\nCOMMENT ON TABLE \"parted 1\" IS 'one';\n"
        }
        _ => {}
    }
    let (name, gene, keyed) = ("parted", gene.clone(), key == 1);
    Some(Table { name, gene, columns, keyed, partitioned: true, logged: true })
}

/// A child of the first table.
pub(crate) fn child(gene: &Gene, tables: &[Table], types: &Types, out: &mut String) -> Option<Table> {
    let parent = tables.first().filter(|table| gene.is_there() && !table.partitioned)?;
    let (type_, default) = types.column(gene.pick(0, types.picks()));
    let own = ["", "CHECK (id < 1000)", "own OWN DEFAULT", "id bigint NOT NULL DEFAULT 4"][gene.pick(1, 4)];
    let own = own
        .replace("OWN", &type_)
        .replace("DEFAULT", if own.starts_with("own") { "DEFAULT #" } else { "DEFAULT" });
    *out += &format!("CREATE TABLE child ({}) INHERITS ({});\n", own.replace('#', &default), parent.name);
    match gene.pick(2, 5) {
        1 => *out += "ALTER TABLE child ALTER n SET DEFAULT 5;\n",
        2 => *out += "ALTER TABLE child ALTER n DROP DEFAULT;\n",
        3 => *out += "ALTER TABLE child ALTER n SET NOT NULL, ALTER n SET STATISTICS 5;\n",
        _ => {}
    }
    Some(Table {
        name: "child",
        gene: Gene::default(),
        columns: Vec::new(),
        keyed: false,
        partitioned: false,
        logged: true,
    })
}

/// `id`, `n`, and some others.
fn columns(gene: &Gene, types: &Types) -> (Vec<String>, Vec<&'static str>) {
    let id = [
        "bigint NOT NULL",
        "bigint GENERATED ALWAYS AS IDENTITY",
        "bigint GENERATED BY DEFAULT AS IDENTITY (START 5)",
    ];
    // A partition's identity is the parent's only from 17 on: an ordinary table's is enough.
    let id = id[if gene.pick(END, 5) == 1 { 0 } else { gene.rarely(0, 3) }];
    let mut pieces = vec![format!("id {id}"), "n integer DEFAULT 1".into()];
    let mut names = Vec::new();
    for (n, name) in COLUMNS.iter().enumerate() {
        let at = 1 + n * WIDTH;
        let extra = gene.pick(at + 1, 8);
        if extra == 7 {
            continue;
        }
        let (type_, default) = types.column(gene.pick(at, types.picks()));
        let default = match extra {
            1 | 2 => format!(" DEFAULT {default}"),
            3 if n == 0 => {
                pieces.push(format!(
                    "{name} bigint GENERATED ALWAYS AS (id * {}) STORED",
                    1 + gene.pick(at + 2, 3)
                ));
                names.push(*name);
                continue;
            }
            3 if n == 1 && types.called => {
                pieces.push(format!("{name} bigint GENERATED ALWAYS AS ({}) STORED", call("id")));
                names.push(*name);
                continue;
            }
            4 if !types.sequences.is_empty() => {
                pieces.push(format!("{name} bigint DEFAULT nextval('{}')", types.sequences[0]));
                names.push(*name);
                continue;
            }
            _ => String::new(),
        };
        let not_null = if gene.rarely(at + 2, 3) == 1 { " NOT NULL" } else { "" };
        pieces.push(format!("{name} {type_}{default}{not_null}"));
        names.push(*name);
    }
    (pieces, names)
}

impl Table {
    /// Its name, where a publication can name it.
    pub(crate) fn told(&self) -> Option<&'static str> {
        self.logged.then_some(self.name)
    }

    /// Whether its rows lie in others.
    pub(crate) fn is_partitioned(&self) -> bool {
        self.partitioned
    }

    /// Foreign keys, in circles too.
    pub(crate) fn keys(&self, tables: &[Self], out: &mut String) {
        let gene = &self.gene;
        let target = tables.get(gene.pick(END + 8, 6)).filter(|target| target.keyed);
        if let Some(target) = target.filter(|_| gene.is_there()) {
            let rest = [
                "",
                " ON DELETE CASCADE",
                " DEFERRABLE INITIALLY DEFERRED",
                " ON UPDATE SET NULL MATCH FULL",
                " NOT VALID",
                " ON DELETE SET DEFAULT DEFERRABLE",
            ][gene.pick(END + 9, 6)];
            let rest = if rest.ends_with("FULL") { " MATCH FULL ON UPDATE SET NULL" } else { rest };
            let rest = if self.partitioned && rest == " NOT VALID" { "" } else { rest };
            let name = ["", "CONSTRAINT \"fk \"\"x\" "][gene.rarely(END + 10, 2)];
            // An unlogged table may refer to a logged one, and not the other way round.
            *out += &format!(
                "ALTER TABLE {0} ADD COLUMN r bigint;\nALTER TABLE {0} ADD {name}FOREIGN KEY (r) REFERENCES {1} (id){rest};\n",
                self.name, target.name
            );
        }
    }

    /// Indexes, triggers, policies, rules, statistics, marks, and what is said of columns.
    pub(crate) fn stand_on(&self, types: &Types, tables: &[Self], out: &mut String) {
        let (gene, name) = (&self.gene, self.name);
        if !gene.is_there() {
            return;
        }
        let short: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>()
            + if name.starts_with("s.") { "s" } else { "" };
        match gene.pick(END + 11, 11) {
            1 => *out += &format!("CREATE INDEX i_{short} ON {name} (id DESC, n);\n"),
            2 => *out += &format!("CREATE INDEX i_{short} ON {name} ((n + 1), id) WHERE n > 3;\n"),
            3 => *out += &format!("CREATE UNIQUE INDEX i_{short} ON {name} (id) INCLUDE (n);\n"),
            4 if types.called => *out += &format!("CREATE INDEX i_{short} ON {name} ({});\n", call("id")),
            5 => {
                *out += &format!("CREATE INDEX i_{short} ON {name} USING hash (n) WITH (fillfactor = 50);\n")
            }
            6 => *out += &format!("CREATE INDEX i_{short} ON {name} USING brin (id);\n"),
            7 => {
                *out += &format!(
                    "CREATE INDEX i_{short} ON {name} ((id::text) COLLATE \"C\" text_pattern_ops NULLS FIRST);\n"
                )
            }
            8 if types.class.is_some() => {
                *out +=
                    &format!("CREATE INDEX i_{short} ON {name} (id {});\n", types.class.unwrap_or_default())
            }
            9 if types.configured => {
                *out +=
                    &format!("CREATE INDEX i_{short} ON {name} USING gin (to_tsvector('conf', n::text));\n")
            }
            _ => {}
        }
        match gene.pick(END + 12, 7) {
            1 if types.triggered => {
                *out += &format!(
                    "CREATE TRIGGER \"tr g\" BEFORE UPDATE OF n ON {name} FOR EACH ROW WHEN (OLD.n > 1) EXECUTE FUNCTION \"Trig\"('a', 'it''s');\n"
                )
            }
            2 if types.triggered => {
                *out += &format!(
                    "CREATE TRIGGER \"tr g\" AFTER INSERT OR DELETE ON {name} FOR EACH ROW EXECUTE FUNCTION \"Trig\"();\nALTER TABLE {name} DISABLE TRIGGER \"tr g\";\n"
                )
            }
            3 if types.triggered && !self.partitioned => {
                *out += &format!(
                    "CREATE CONSTRAINT TRIGGER \"tr g\" AFTER UPDATE ON {name} DEFERRABLE FOR EACH ROW EXECUTE FUNCTION \"Trig\"();\n"
                )
            }
            4 if types.triggered => {
                *out += &format!(
                    "CREATE TRIGGER \"tr g\" AFTER UPDATE ON {name} REFERENCING OLD TABLE AS o NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION \"Trig\"();\nALTER TABLE {name} ENABLE ALWAYS TRIGGER \"tr g\";\n"
                )
            }
            _ => {}
        }
        match gene.pick(END + 13, 5) {
            1 => {
                *out += &format!(
                    "ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;\nCREATE POLICY p ON {name} FOR SELECT TO law_b USING (n > 1);\n"
                )
            }
            2 => {
                *out += &format!(
                    "CREATE POLICY p ON {name} AS RESTRICTIVE USING (EXISTS (SELECT FROM {} AS o WHERE o.id = {name}.n)) WITH CHECK (true);\n",
                    tables[0].name
                )
            }
            3 => {
                *out += &format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;\n")
            }
            _ => {}
        }
        match gene.pick(END + 14, 6) {
            1 => *out += &format!("CREATE STATISTICS st_{short} (ndistinct) ON id, n FROM {name};\n"),
            2 => *out += &format!("CREATE STATISTICS st_{short} ON (n + 1), id FROM {name};\n"),
            3 if !self.partitioned => {
                *out += &format!(
                    "CREATE RULE \"r u\" AS ON DELETE TO {name} WHERE OLD.n = 9 DO INSTEAD NOTHING;\n"
                )
            }
            4 => *out += &format!("ALTER TABLE {name} ALTER n SET STATISTICS 42;\n"),
            5 if !self.partitioned && gene.pick(END + 11, 11) == 1 => {
                *out += &format!("ALTER TABLE {name} CLUSTER ON i_{short};\n")
            }
            _ => {}
        }
        match gene.pick(END + 15, 6) {
            1 => *out += &format!("ALTER TABLE {name} REPLICA IDENTITY FULL;\n"),
            2 if gene.pick(END + 11, 11) == 3 && !self.partitioned => {
                *out += &format!("ALTER TABLE {name} REPLICA IDENTITY USING INDEX i_{short};\n")
            }
            3 => *out += &format!("COMMENT ON COLUMN {name}.n IS 'it''s $$ --';\n"),
            4 => *out += &format!("GRANT SELECT (n), UPDATE (id) ON {name} TO \"law a\";\n"),
            _ => {}
        }
    }
}
