//! What a holder may do, and the statements that lead from there to something else: for objects that are there
//! (`GRANT`), and for those that are yet to be made (`ALTER DEFAULT PRIVILEGES`).

use std::collections::BTreeSet;

use nexus_schema::catalog::Kind;

use crate::plan::Steps;
use crate::sql::Pen;

/// What a holder may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum May {
    /// Whatever can be done: what an owner is born with.
    All,
    /// These, by PostgreSQL's own words: without and with the right to pass them on.
    These(BTreeSet<String>, BTreeSet<String>),
}

impl May {
    pub(super) fn nothing() -> Self {
        Self::These(BTreeSet::new(), BTreeSet::new())
    }

    pub(super) fn only(word: &str) -> Self {
        Self::These(BTreeSet::from([word.to_owned()]), BTreeSet::new())
    }
}

/// What PUBLIC may do with a new object of this kind when nobody says anything.
///
/// From the manual's table of default access privileges (ddl-priv). The schema `public` is a case of its own.
pub(super) fn of_public(kind: Kind) -> May {
    match kind {
        Kind::Function | Kind::Aggregate => May::only("EXECUTE"),
        Kind::Enum
        | Kind::Domain
        | Kind::Composite
        | Kind::Range
        | Kind::ShellType
        | Kind::BaseType
        | Kind::Language => May::only("USAGE"),
        _ => May::nothing(),
    }
}

/// The words around the privileges.
pub(super) struct Around<'a> {
    /// What comes first, such as `ALTER DEFAULT PRIVILEGES FOR ROLE app`.
    pub(super) first: Pen,
    /// The column that each privilege is for, where it is one.
    pub(super) column: Option<&'a str>,
    /// What they are on.
    pub(super) on: Pen,
    /// Who holds them.
    pub(super) holder: Pen,
    /// Who gives them, where it is not the owner, who is the one who runs this or the one it stands for.
    pub(super) grantor: Option<&'a str>,
}

impl Around<'_> {
    /// Writes the steps from one state to another; returns whether they take anything away.
    pub(super) fn turn(&self, from: &May, to: &May, out: &mut Steps) -> bool {
        let none = BTreeSet::new();
        let (had, had_grantable) = match from {
            May::All => (&none, &none),
            May::These(plain, grantable) => (plain, grantable),
        };
        let May::These(plain, grantable) = to else {
            // An owner's right to pass on is never written down, and goes only with the privilege.
            if !had_grantable.is_empty() {
                self.revoke(None, out);
            }
            self.say(Pen::kw("GRANT").pen(self.all()), "TO", "", out);
            return !had_grantable.is_empty();
        };
        let all = *from == May::All;
        if all || plain.is_empty() && grantable.is_empty() {
            self.revoke(None, out);
            self.grant(plain, "", out);
            self.grant(grantable, "WITH GRANT OPTION", out);
            return true;
        }
        let has = |word: &&String| plain.contains(*word) || grantable.contains(*word);
        let lost: BTreeSet<_> = had.union(had_grantable).filter(|word| !has(word)).cloned().collect();
        let lost_option: BTreeSet<_> = had_grantable.intersection(plain).cloned().collect();
        let gained = plain.difference(had).filter(|word| !had_grantable.contains(*word)).cloned().collect();
        let gained_option = grantable.difference(had_grantable).cloned().collect();
        if !lost.is_empty() {
            self.revoke(Some(&lost), out);
        }
        if !lost_option.is_empty() {
            let pen = Pen::kw("REVOKE GRANT OPTION FOR").pen(self.words(&lost_option));
            self.say(pen, "FROM", "", out);
        }
        self.grant(&gained, "", out);
        self.grant(&gained_option, "WITH GRANT OPTION", out);
        !lost.is_empty() || !lost_option.is_empty()
    }

    fn grant(&self, words: &BTreeSet<String>, option: &'static str, out: &mut Steps) {
        if !words.is_empty() {
            self.say(Pen::kw("GRANT").pen(self.words(words)), "TO", option, out);
        }
    }

    fn revoke(&self, words: Option<&BTreeSet<String>>, out: &mut Steps) {
        let words = words.map_or_else(|| self.all(), |words| self.words(words));
        self.say(Pen::kw("REVOKE").pen(words), "FROM", "", out);
    }

    fn all(&self) -> Pen {
        self.of_column(Pen::kw("ALL"))
    }

    fn words(&self, words: &BTreeSet<String>) -> Pen {
        Pen::new().commas(words.iter().map(|word| self.of_column(Pen::new().option_word(word))))
    }

    fn of_column(&self, word: Pen) -> Pen {
        if let Some(column) = self.column { word.idents([column]) } else { word }
    }

    fn say(&self, pen: Pen, link: &'static str, option: &'static str, out: &mut Steps) {
        let said =
            self.first.clone().pen(pen).and("ON").pen(self.on.clone()).and(link).pen(self.holder.clone());
        let said = said.and_if(!option.is_empty(), option);
        out.run(match self.grantor {
            // `GRANTED BY` takes nobody but the one who runs it (the manual's page of GRANT).
            Some(role) => Pen::kw("SET ROLE").ident(role).then(said).then(Pen::kw("RESET ROLE")),
            None => said,
        });
    }
}
