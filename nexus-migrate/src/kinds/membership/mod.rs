//! Memberships of roles in roles.

use nexus_schema::catalog::{Kind, Object, ObjectId};
use nexus_schema::kinds::Membership;

use super::{Cx, Verb, Way};
use crate::plan::Steps;
use crate::sql::Pen;

/// A query for all memberships of a server: path and object.
pub(crate) const SERVER: &str = include_str!("server.sql");

impl Verb for Membership {
    const CATALOG: &'static str = include_str!("catalog.sql");

    fn create(&self, _: &Cx, id: &ObjectId, _: &[(&ObjectId, &Object)], out: &mut Steps) {
        let Self { admin, inherit, no_set } = self;
        let mut options = Vec::new();
        options.extend(admin.then(|| Pen::kw("ADMIN OPTION")));
        options
            .extend(inherit.map(|inherit| Pen::kw(if inherit { "INHERIT TRUE" } else { "INHERIT FALSE" })));
        options.extend(no_set.then(|| Pen::kw("SET FALSE")));
        let pen = of(Pen::kw("GRANT"), id, "TO");
        out.run(if options.is_empty() { pen } else { pen.and("WITH").commas(options) });
    }

    fn drop(&self, _: &Cx, id: &ObjectId, out: &mut Steps) {
        out.run(of(Pen::kw("REVOKE"), id, "FROM"));
    }

    fn alter(&self, cx: &Cx, id: &ObjectId, next: &Self, out: &mut Steps) -> Way {
        let Self { admin, inherit, no_set } = next;
        // A membership that is given again keeps what is not said of it.
        if self.admin && !admin {
            out.run(of(Pen::kw("REVOKE ADMIN OPTION FOR"), id, "FROM"));
        }
        if self.no_set && !no_set || self.inherit.is_some() && inherit.is_none() {
            return Way::Rebuild;
        }
        if !self.admin && *admin || self.inherit != *inherit || self.no_set != *no_set {
            next.create(cx, id, &[], out);
        }
        Way::InPlace
    }
}

/// `role TO member`.
fn of(pen: Pen, id: &ObjectId, to: &'static str) -> Pen {
    pen.name(id.path().first()).and(to).ident(id.name())
}

/// Takes away and gives back the memberships of a role that are to inherit as the role itself does, and stay as they are.
pub(super) fn begin_again(cx: &Cx, member: &ObjectId, out: &mut Steps) {
    for (id, entry) in cx.next.of_kind(Kind::Membership) {
        if let Object::Membership(membership) = &entry.object
            && id.name() == member.name()
            && membership.inherit.is_none()
            && cx.prev.get(id) == Some(&entry.object)
        {
            membership.drop(cx, id, out);
            membership.create(cx, id, &[], out);
        }
    }
}
