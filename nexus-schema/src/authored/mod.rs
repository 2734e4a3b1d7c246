//! The schema file as its author wrote it: keys, short forms, and a spot for every value.
//!
//! Knows what can be written, not what it means.

pub(crate) mod decode;
pub(crate) mod parts;
mod probe;
pub(crate) mod rare;
mod rare_schema;
pub(crate) mod said;
pub(crate) mod secret;
mod words;

use crate::kinds::{self, Action, Match, OnEdit, OnRemoval, Volatility};
use decode::{Entries, Literal, Loose, Members, Spanned, shapes};
use parts::DefaultPrivileges;
use rare::Section;
use said::Privileges;
pub use words::{Audit, Erase};
pub(crate) use words::{
    AuditWord, Command, Definer, Enabled, Event, ForEach, Generation, HazardClass, Keyword, LockMode, Nulls,
    OldRow, Parallel, Parts, Regime, StatisticsKind, Storage, Strategy, Timing, Verb,
};

type Text = Spanned<String>;
type Flag = Spanned<bool>;
type Count = Spanned<i64>;

shapes! {
    /// A whole file.
    File "schema file" Never {
        "nexus" nexus: Count = "The version of the format: 1.",
        "database" database: Database = "The database as a whole.",
        "include" include: Vec<Text> = "Other files of this schema, relative to this one.",
        "models" models: Models = "What the Rust models of all tables are.",
        "extensions" extensions: Members<Extension> = "Extensions by name.",
        "schemas" schemas: Members<Schema> = "Schemas by name; `public` is always there.",
        "enums" enums: Members<Enum> = "Enumerated types by name.",
        "domains" domains: Members<Domain> = "Domains by name.",
        "sequences" sequences: Members<Sequence> = "Sequences by name; identity columns bring their own.",
        "access" access: Access = "Who may do what with the tables: roles, owners and grants follow from it.",
        "functions" functions: Members<Function> = "Functions and procedures by name.",
        "tables" tables: Members<Table> = "Tables by name; `auth.users` is in the schema `auth`.",
        "views" views: Members<View> = "Views by name.",
        "collations" collations: Section<kinds::Collation> = "Collations by name.",
        "composites" composites: Section<kinds::Composite> = "Composite types by name.",
        "ranges" ranges: Section<kinds::Range> = "Range types by name.",
        "shell_types" shell_types: Section<kinds::ShellType> = "Types that have a name and no definition.",
        "base_types" base_types: Section<kinds::BaseType> = "Base types by name.",
        "aggregates" aggregates: Section<kinds::Aggregate> = "Aggregates by name and argument types.",
        "casts" casts: Section<kinds::Cast> = "Casts: `integer as app.money`.",
        "operators" operators: Section<kinds::Operator> = "Operators: `app.+(integer, integer)`.",
        "operator_families" operator_families: Section<kinds::OperatorFamily> = "Operator families: `app.ops using btree`.",
        "operator_classes" operator_classes: Section<kinds::OperatorClass> = "Operator classes: `app.ops using btree`.",
        "conversions" conversions: Section<kinds::Conversion> = "Conversions between encodings by name.",
        "transforms" transforms: Section<kinds::Transform> = "Transforms: `hstore for plpython3u`.",
        "text_search" text_search: TextSearch = "Text search.",
        "languages" languages: Section<kinds::Language> = "Procedural languages by name.",
        "access_methods" access_methods: Section<kinds::AccessMethod> = "Access methods by name.",
        "foreign_data_wrappers" foreign_data_wrappers: Section<kinds::ForeignDataWrapper> = "Foreign-data wrappers by name.",
        "servers" servers: Section<kinds::Server> = "Foreign servers by name.",
        "publications" publications: Section<kinds::Publication> = "Publications by name.",
        "subscriptions" subscriptions: Section<kinds::Subscription> = "Subscriptions by name.",
        "event_triggers" event_triggers: Section<kinds::EventTrigger> = "Event triggers by name.",
        "roles" roles: Section<kinds::Role> = "Roles by name; they are made and changed, and never dropped.",
        "settings" settings: Entries<Entries<Spanned<Loose>>> = "Settings of the database by role; `public` is everybody.",
        "default_privileges" default_privileges: Vec<DefaultPrivileges> = "Privileges on objects yet to be made.",
        "raw" raw: Section<kinds::Raw> = "SQL for what nothing else has a place for.",
        "seeds" seeds: Members<Seeds> = "Rows that belong to the schema, by table.",
    }
    /// Text search.
    TextSearch "text search" Never {
        "parsers" parsers: Section<kinds::TextSearchParser> = "Parsers by name.",
        "templates" templates: Section<kinds::TextSearchTemplate> = "Templates by name.",
        "dictionaries" dictionaries: Section<kinds::TextSearchDictionary> = "Dictionaries by name.",
        "configurations" configurations: Section<kinds::TextSearchConfiguration> = "Configurations by name.",
    }
    /// The database as a whole.
    Database "database" Never short "name" {
        "name" name: Text = "Its name.",
        "version" version: Spanned<Loose> = "The version of the schema, as its author counts.",
        "postgres" postgres: Count = "The major version of PostgreSQL it is for, 15 or later.",
        "description" description: Text = "What it is for.",
        "online" online: Flag = "Whether clients go on using its tables while a plan runs.",
        "max_lock" max_lock: Spanned<LockMode> = "The strongest lock that a plan may take on a table that was there before.",
        "allow" allow: Vec<Allowance> = "Hazards of plans that are taken on purpose.",
    }
    /// A hazard that is taken on purpose.
    Allowance "allowance" Never {
        "hazard" hazard: Spanned<HazardClass> = "data-loss, long-block or over-budget.",
        "of" of: Text = "The table or column: `users.last_name`; every one if it is not given.",
        "reason" reason: Text = "Why it is right.",
    }
    /// An extension.
    Extension "extension" Names of Extension {
        "schema" schema: Text = "The schema its objects live in.",
    }
    /// A schema.
    Schema "schema" Names of Schema {
        "access" access: Entries<Vec<Spanned<Verb>>> = "What actors may do with its tables, before what `access:` of the file says.",
    }
    /// Who may do what with the tables.
    Access "access" Never {
        "owner" owner: Text = "The role that owns everything declared here; nobody logs in as it.",
        "migrator" migrator: Text = "The role that migrations run as: a member of the owner.",
        "actors" actors: Entries<Vec<Spanned<Verb>>> = "Roles that clients log in as, and what each may do with tables that say nothing else: select, insert, update, delete, truncate, references, trigger.",
    }
    /// What the Rust models of all tables are.
    Models "models" Never short "parts" {
        "parts" parts: Spanned<Parts> = "all (if nothing is said), or rows: no new rows, patches, constraints and queries.",
        "derive" derive: Vec<Text> = "Traits that rows derive besides.",
        "derive_new" derive_new: Vec<Text> = "Traits that new rows derive.",
        "derive_patch" derive_patch: Vec<Text> = "Traits that patches derive.",
    }
    /// What something is in Rust.
    Rust "rust name" Never short "name" {
        "name" name: Text = "The Rust name.",
        "type" type_: Text = "The Rust type of the field.",
        "parts" parts: Spanned<Parts> = "Of a table: all, or rows, before what `models:` says.",
        "derive" derive: Vec<Text> = "Of a table: further traits that its row derives.",
        "derive_new" derive_new: Vec<Text> = "Of a table: further traits that its new rows derive.",
        "derive_patch" derive_patch: Vec<Text> = "Of a table: further traits that its patches derive.",
        "attributes" attributes: Vec<Text> = "Of a table: further attributes of its row, without `#[` and `]`.",
        "version" version: Text = "Of a table: the column that counts or dates the changes of a row.",
        "skip" skip: Flag = "Of a table: whether it has no models.",
    }
    /// An enumerated type.
    Enum "enum" Never short "labels" of Enum {
        "labels" labels: Vec<Label> = "The labels in their order.",
        "rust" rust: Rust = "How it is called in Rust.",
    }
    /// A label of an enumerated type.
    Label "label" Never short "name" {
        "name" name: Text = "The label.",
        "was" was: Text = "What it was before.",
    }
    /// A domain.
    Domain "domain" Never short "type" of Domain {
        "type" type_: Text = "The type it is made of.",
        "not_null" not_null: Flag = "Whether NULL is refused.",
        "default" default: Literal = "The default, as a value.",
        "default_expr" default_expr: Spanned<Loose> = "The default, as SQL.",
        "collation" collation: Text = "A collation other than the type's.",
        "check" check: Text = "A condition on VALUE.",
        "checks" checks: Members<Check> = "Conditions on VALUE by name.",
    }
    /// A sequence.
    Sequence "sequence" Names of Sequence {
        "type" type_: Text = "smallint, integer or bigint.",
        "start" start: Count = "First value.",
        "increment" increment: Count = "Step.",
        "min" min: Count = "Lowest value.",
        "max" max: Count = "Highest value.",
        "cache" cache: Count = "How many values a session takes at once.",
        "cycle" cycle: Flag = "Whether it begins again at the end.",
        "unlogged" unlogged: Flag = "Whether it is lost in a crash.",
        "owned_by" owned_by: Text = "The column it is dropped with: `table.column`.",
    }
    /// A function or procedure.
    Function "function" Never of Function {
        "arguments" arguments: Text = "The argument list in SQL, without parentheses.",
        "returns" returns: Text = "The result in SQL.",
        "language" language: Text = "The language; `sql` if it is not given.",
        "body" body: Text = "What it runs.",
        "sql_body" sql_body: Text = "What it runs, as SQL that the server parses: RETURN … or BEGIN ATOMIC …",
        "symbol" symbol: Symbol = "What it runs, in an object file.",
        "volatility" volatility: Spanned<Volatility> = "immutable, stable or volatile.",
        "strict" strict: Flag = "Whether a NULL argument makes the result NULL without a call.",
        "security_definer" security_definer: Spanned<Definer> = "Whether it runs with its owner's rights, with a search_path of its own: true; unpinned leaves it the caller's.",
        "leakproof" leakproof: Flag = "Whether it tells nothing of its arguments but by its result.",
        "parallel" parallel: Spanned<Parallel> = "unsafe, restricted or safe.",
        "cost" cost: Spanned<Loose> = "Estimated cost.",
        "rows" rows: Spanned<Loose> = "Estimated rows of a set.",
        "support" support: Text = "The planner's support function.",
        "settings" settings: Entries<Spanned<Loose>> = "Settings in force while it runs.",
        "transforms" transforms: Vec<Text> = "Types whose transforms it uses.",
        "procedure" procedure: Flag = "Whether it is a procedure.",
        "window" window: Flag = "Whether it is a window function.",
    }
    /// A view.
    View "view" Never short "query" of View {
        "query" query: Text = "The query.",
        "columns" columns: Entries<ViewColumn> = "The columns it yields, with their types; a server can tell them.",
        "materialized" materialized: Flag = "Whether its rows are kept.",
        "with_data" with_data: Flag = "Whether a materialized view is filled when made.",
        "options" options: Entries<Spanned<Loose>> = "Options such as security_invoker.",
        "access_method" access_method: Text = "An access method other than heap.",
        "tablespace" tablespace: Text = "A tablespace other than the database's.",
        "clustered_on" clustered_on: Text = "The index a materialized view is clustered on.",
        "replica_identity" replica_identity: ReplicaIdentity = "What of an old row replication is told.",
        "indexes" indexes: Members<Index> = "Indexes of a materialized view by name, or as a list.",
        "statistics" statistics: Members<Statistics> = "Extended statistics of a materialized view by name.",
        "triggers" triggers: Members<Trigger> = "Triggers by name.",
        "rules" rules: Members<Rule> = "Rewrite rules by name.",
    }
    /// A column of a view.
    ViewColumn "view column" Never short "type" {
        "type" type_: Text = "Its type.",
        "default" default: Text = "A default of its own, as SQL.",
        "storage" storage: Spanned<Storage> = "A storage other than the type's, of a materialized view.",
        "compression" compression: Text = "pglz or lz4, of a materialized view.",
        "statistics" statistics: Count = "A statistics target other than the default, of a materialized view.",
        "options" options: Entries<Spanned<Loose>> = "Options such as n_distinct, of a materialized view.",
        "description" description: Text = "What it holds.",
        "was" was: Text = "The name it had before.",
        "grants" grants: Entries<Privileges> = "What roles may do with it; `public` is everybody.",
        "owner_privileges" owner_privileges: Privileges = "What is left to the owner, if not everything.",
        "security_labels" security_labels: Entries<Text> = "Security labels by provider.",
    }
    /// A symbol in an object file.
    Symbol "symbol" Never {
        "file" file: Text = "The file.",
        "symbol" symbol: Text = "The symbol.",
    }
    /// A table.
    Table "table" Never of Table {
        "group" group: Text = "The heading it is read under.",
        "columns" columns: Members<Column> = "The columns in their order.",
        "primary_key" primary_key: Key = "The columns of the primary key.",
        "unique" unique: Members<Key> = "Unique constraints by name, or as a list.",
        "checks" checks: Members<Check> = "Checks by name, or as a list.",
        "foreign_keys" foreign_keys: Members<ForeignKey> = "Foreign keys by name, or as a list.",
        "exclusions" exclusions: Members<Exclusion> = "Exclusion constraints by name.",
        "indexes" indexes: Members<Index> = "Indexes by name, or as a list.",
        "triggers" triggers: Members<Trigger> = "Triggers by name.",
        "touch" touch: Text = "The column that a trigger sets to now() on every update.",
        "policies" policies: Members<Policy> = "Row security policies by name.",
        "access" access: Entries<Vec<Spanned<Verb>>> = "What actors may do with it, before what its schema and the file say.",
        "rules" rules: Members<Rule> = "Rewrite rules by name.",
        "statistics" statistics: Members<Statistics> = "Extended statistics by name.",
        "row_security" row_security: Flag = "Whether row security is on.",
        "force_row_security" force_row_security: Flag = "Whether row security binds the owner too.",
        "partition_by" partition_by: Text = "The key of a partitioned table, such as RANGE (at).",
        "foreign" foreign: Foreign = "The server of a foreign table.",
        "partition_of" partition_of: PartitionOf = "The partitioned table this is a part of.",
        "inherits" inherits: Vec<Text> = "Parents, in order.",
        "of_type" of_type: Text = "The composite type that its columns are from.",
        "unlogged" unlogged: Flag = "Whether it is lost in a crash.",
        "access_method" access_method: Text = "An access method other than heap.",
        "replica_identity" replica_identity: ReplicaIdentity = "What of an old row replication is told.",
        "clustered_on" clustered_on: Text = "The index it is clustered on.",
        "options" options: Entries<Spanned<Loose>> = "Storage parameters.",
        "tablespace" tablespace: Text = "A tablespace other than the database's.",
        "audit" audit: Spanned<AuditWord> = "Whether changes of its rows are kept in audit_logs: true, or statement for bulk tables.",
        "basis" basis: Text = "On what ground its personal data is held, where columns say nothing else.",
        "erase" erase: Spanned<Erase> = "What becomes of the row of a person who is erased: delete or anonymise.",
        "regimes" regimes: Vec<Spanned<Regime>> = "What rules it falls under: gdpr, sox, hipaa.",
        "rows" rows: Spanned<Loose> = "About how many rows it has where it is in use, such as 1e8.",
        "online" online: Flag = "Whether clients go on using it while a plan runs.",
        "max_lock" max_lock: Spanned<LockMode> = "The strongest lock that a plan may take on it, before what the database says.",
        "rust" rust: Rust = "How its struct is called in Rust.",
    }
    /// A column.
    Column "column" Never short "type" of Column {
        "type" type_: Text = "Its type, in any spelling PostgreSQL takes.",
        "primary_key" primary_key: Flag = "Whether it is the primary key.",
        "unique" unique: Flag = "Whether two rows may not have the same value.",
        "not_null" not_null: NotNull = "Whether NULL is refused, or how.",
        "nullable" nullable: Flag = "The other way round.",
        "default" default: Literal = "The default, as a value.",
        "default_expr" default_expr: Spanned<Loose> = "The default, as SQL.",
        "references" references: Reference = "The column it refers to: `table.column`.",
        "identity" identity: Identity = "always or by_default: it numbers by itself.",
        "generated" generated: Generated = "The expression it is computed from.",
        "collation" collation: Text = "A collation other than the type's.",
        "check" check: Text = "A condition on it.",
        "storage" storage: Spanned<Storage> = "A storage other than the type's.",
        "compression" compression: Text = "pglz or lz4.",
        "statistics" statistics: Count = "A statistics target other than the default.",
        "options" options: Entries<Spanned<Loose>> = "Options such as n_distinct.",
        "foreign_options" foreign_options: Entries<Spanned<Loose>> = "What the wrapper is told of a foreign table's column.",
        "inherited" inherited: Flag = "Whether it comes from a parent or a type alone.",
        "strategy" strategy: Spanned<Strategy> = "expand_contract: it lives beside the column that it was, until both applications are gone over to it.",
        "pii" pii: Flag = "Whether it holds personal data.",
        "sensitive" sensitive: Flag = "Whether it must not be shown.",
        "retention" retention: Text = "How long it may be kept: 90d, 12 months; of a time, how long its row may.",
        "basis" basis: Text = "On what ground it is held, such as contract.",
        "erase" erase: Spanned<Erase> = "What becomes of it when a person is erased; of a foreign key, what becomes of the row: delete, null, anonymise or keep.",
        "erase_with" erase_with: Text = "What takes its place then, as SQL.",
        "rust" rust: Rust = "How its field is called in Rust.",
    }
    /// How NULL is refused.
    NotNull "not-null constraint" Never short "refused" {
        "refused" refused: Flag = "Whether it is; true if it is not given.",
        "name" name: Text = "Its name, if not PostgreSQL's choice (PostgreSQL 18).",
        "not_valid" not_valid: Flag = "Whether existing rows are not looked at (PostgreSQL 18).",
        "no_inherit" no_inherit: Flag = "Whether children are exempt (PostgreSQL 18).",
        "description" description: Text = "What it is for (PostgreSQL 18).",
    }
    /// A primary key or unique constraint.
    Key "key" Unnamed short "columns" of Constraint {
        "columns" columns: Vec<Text> = "Its columns.",
        "name" name: Text = "Its name.",
        "include" include: Vec<Text> = "Columns carried in its index.",
        "nulls_not_distinct" nulls_not_distinct: Flag = "Whether two NULLs are the same.",
        "options" options: Entries<Spanned<Loose>> = "Storage parameters of its index.",
        "deferrable" deferrable: Flag = "Whether it can wait for the end of the transaction.",
        "initially_deferred" initially_deferred: Flag = "Whether it does wait.",
        "inherited" inherited: Flag = "Whether it comes from a parent alone.",
        "index_description" index_description: Text = "What its index is for.",
        "tablespace" tablespace: Text = "A tablespace of its index other than the database's.",
        "without_overlaps" without_overlaps: Flag = "Whether the last column is a range that may not overlap another (PostgreSQL 18).",
    }
    /// A check.
    Check "check" Unnamed short "expr" of Constraint {
        "expr" expr: Text = "The condition.",
        "no_inherit" no_inherit: Flag = "Whether children are exempt.",
        "not_valid" not_valid: Flag = "Whether existing rows are not looked at.",
        "inherited" inherited: Flag = "Whether it comes from a parent alone.",
        "not_enforced" not_enforced: Flag = "Whether nothing checks it (PostgreSQL 18).",
    }
    /// Where a column refers to, and how.
    Reference "reference" Never short "to" of Constraint {
        "to" to: Text = "The column: `table.column`.",
        "table" table: Text = "The table.",
        "column" column: Text = "Its column; the primary key if it is not given.",
        "name" name: Text = "The constraint's name.",
        "match" match_: Spanned<Match> = "simple or full.",
        "on_update" on_update: Spanned<Action> = "What an update of the key does.",
        "on_delete" on_delete: Spanned<Action> = "What a delete of the row does.",
        "deferrable" deferrable: Flag = "Whether it can wait for the end of the transaction.",
        "initially_deferred" initially_deferred: Flag = "Whether it does wait.",
        "not_valid" not_valid: Flag = "Whether existing rows are not looked at.",
        "inherited" inherited: Flag = "Whether it comes from a parent alone.",
        "not_enforced" not_enforced: Flag = "Whether nothing checks it (PostgreSQL 18).",
    }
    /// A foreign key of several columns, or with a name.
    ForeignKey "foreign key" Unnamed of Constraint {
        "columns" columns: Vec<Text> = "The referring columns.",
        "references" references: Target = "The table and its columns: `orders(id, version)`.",
        "match" match_: Spanned<Match> = "simple or full.",
        "on_update" on_update: Spanned<Action> = "What an update of the key does.",
        "on_delete" on_delete: Spanned<Action> = "What a delete of the row does.",
        "period" period: Flag = "Whether the last column is a range that rows there must cover (PostgreSQL 18).",
        "on_delete_columns" on_delete_columns: Vec<Text> = "The columns that set_null or set_default touches.",
        "deferrable" deferrable: Flag = "Whether it can wait for the end of the transaction.",
        "initially_deferred" initially_deferred: Flag = "Whether it does wait.",
        "not_valid" not_valid: Flag = "Whether existing rows are not looked at.",
        "inherited" inherited: Flag = "Whether it comes from a parent alone.",
        "not_enforced" not_enforced: Flag = "Whether nothing checks it (PostgreSQL 18).",
    }
    /// What a foreign key refers to.
    Target "target" Never short "to" {
        "to" to: Text = "`table`, `table.column` or `table(column, column)`.",
        "table" table: Text = "The table.",
        "columns" columns: Vec<Text> = "Its columns; the primary key if they are not given.",
    }
    /// An exclusion constraint.
    Exclusion "exclusion" Unnamed short "definition" of Constraint {
        "definition" definition: Text = "EXCLUDE … as SQL.",
        "deferrable" deferrable: Flag = "Whether it can wait for the end of the transaction.",
        "initially_deferred" initially_deferred: Flag = "Whether it does wait.",
        "index_description" index_description: Text = "What its index is for.",
    }
    /// An index.
    Index "index" Unnamed short "on" of Index {
        "on" on: Vec<IndexKey> = "What it is on.",
        "method" method: Text = "btree, hash, gin, gist, brin, spgist or another.",
        "unique" unique: Flag = "Whether equal keys are refused.",
        "include" include: Vec<Text> = "Columns carried along.",
        "where" where_: Text = "Which rows it holds.",
        "nulls_not_distinct" nulls_not_distinct: Flag = "Whether two NULLs are the same.",
        "with" with: Entries<Spanned<Loose>> = "Storage parameters.",
        "tablespace" tablespace: Text = "A tablespace other than the database's.",
        "part_of" part_of: Text = "The index of the partitioned table that it is attached to.",
        "invalid" invalid: Flag = "Whether it is the index of a partitioned table and lacks parts.",
    }
    /// One key of an index.
    IndexKey "index key" Never short "column" {
        "column" column: Text = "The column.",
        "expr" expr: Text = "The expression.",
        "desc" desc: Flag = "Whether it runs downwards.",
        "nulls" nulls: Spanned<Nulls> = "first or last.",
        "opclass" opclass: Text = "An operator class other than the default.",
        "collation" collation: Text = "A collation other than the column's.",
        "statistics" statistics: Count = "A statistics target of an expression.",
    }
    /// Extended statistics.
    Statistics "statistics object" Never short "on" of Statistics {
        "on" on: Vec<StatisticsKey> = "The columns and expressions they are on.",
        "kinds" kinds: Vec<Spanned<StatisticsKind>> = "ndistinct, dependencies, mcv; all if none is given.",
        "definition" definition: Text = "The whole statement as SQL, in the place of the two.",
        "target" target: Count = "A target other than the default.",
    }
    /// What extended statistics are on.
    StatisticsKey "statistics key" Never short "column" {
        "column" column: Text = "The column.",
        "expr" expr: Text = "The expression.",
    }
    /// A rewrite rule.
    Rule "rule" Never short "definition" of Rule {
        "definition" definition: Text = "The whole statement as SQL.",
        "enabled" enabled: Spanned<Enabled> = "origin, disabled, replica or always.",
    }
    /// What of an old row replication is told.
    ReplicaIdentity "replica identity" Never short "rows" {
        "rows" rows: Spanned<OldRow> = "default, full or nothing.",
        "index" index: Text = "The unique index whose columns are told.",
    }
    /// A trigger.
    Trigger "trigger" Never of Trigger {
        "timing" timing: Spanned<Timing> = "before, after or instead_of.",
        "events" events: Vec<Spanned<Event>> = "insert, update, delete, truncate.",
        "columns" columns: Vec<Text> = "The columns whose update counts.",
        "for_each" for_each: Spanned<ForEach> = "row or statement; row if it is not given.",
        "when" when: Text = "The condition.",
        "function" function: Text = "The function it calls.",
        "arguments" arguments: Vec<Spanned<Loose>> = "The texts it hands over.",
        "constraint" constraint: Flag = "Whether it is a constraint trigger.",
        "deferrable" deferrable: Flag = "Whether a constraint trigger can wait.",
        "initially_deferred" initially_deferred: Flag = "Whether it does wait.",
        "old_table" old_table: Text = "The name for the table of old rows.",
        "new_table" new_table: Text = "The name for the table of new rows.",
        "from_table" from_table: Text = "The other table of a constraint trigger.",
        "enabled" enabled: Spanned<Enabled> = "origin, disabled, replica or always.",
        "inherited" inherited: Flag = "Whether it is a partition's copy of its parent's, with a state of its own.",
    }
    /// A row security policy.
    Policy "policy" Never short "column" of Policy {
        "column" column: Text = "The column that must equal what the session says: rows of one tenant, or of one owner.",
        "setting" setting: Text = "Where the session says it; `nexus.` and the policy's name if it is not given, `nexus.actor` for `owner`.",
        "command" command: Spanned<Command> = "all, select, insert, update or delete.",
        "restrictive" restrictive: Flag = "Whether rows must satisfy it besides another.",
        "roles" roles: Vec<Text> = "The roles it is for; everyone if none is given.",
        "using" using: Text = "The condition on existing rows.",
        "check" check: Text = "The condition on new rows.",
    }
    /// Where the rows of a foreign table are.
    Foreign "foreign table" Never short "server" {
        "server" server: Text = "The server.",
        "options" options: Entries<Spanned<Loose>> = "What the wrapper is told of the table. No secrets.",
    }
    /// What a partition is part of.
    PartitionOf "partition" Never {
        "table" table: Text = "The partitioned table.",
        "bound" bound: Text = "FOR VALUES … or DEFAULT.",
    }
    /// How a column numbers by itself.
    Identity "identity" Never short "generation" {
        "generation" generation: Spanned<Generation> = "always or by_default.",
        "start" start: Count = "First value.",
        "increment" increment: Count = "Step.",
        "min" min: Count = "Lowest value.",
        "max" max: Count = "Highest value.",
        "cache" cache: Count = "How many values a session takes at once.",
        "cycle" cycle: Flag = "Whether it begins again at the end.",
    }
    /// How a column is computed.
    Generated "generated column" Never short "expr" {
        "expr" expr: Text = "The expression.",
        "stored" stored: Flag = "Whether the value is kept; true if it is not given.",
    }
    /// Rows of a table.
    Seeds "seed" Never {
        "key" key: Vec<Text> = "The columns a row is found by.",
        "as_enum" as_enum: Text = "The name of a Rust enum of the values of its key: what the key's column is there, and what refers to it.",
        "title" title: Text = "What documents call the rows; the table's name if it is not given.",
        "rows" rows: Vec<Entries<Literal>> = "The rows: columns and values.",
        "groups" groups: Entries<Vec<Entries<Literal>>> = "More rows, each list under a heading for documents.",
        "from" from: Text = "A CSV or YAML file with more rows, relative to this file.",
        "on_edit" on_edit: Spanned<OnEdit> = "What becomes of a row that somebody has edited: keep (if nothing is said), overwrite or fail.",
        "delete" delete: Spanned<OnRemoval> = "What becomes of a row that is declared no more: it goes if it is unchanged (if nothing is said), or never.",
        "only" only: Vec<Text> = "Environments that the rows are for, such as dev: no migration has them.",
    }
}
