//! Names of columns that give rights or worth, and of functions that ask for rights. In lower case, without
//! underscores.

/// They say what their user may do, whatever table they stand in.
pub(crate) const RIGHTS: &[&str] = &[
    "isadmin",
    "admin",
    "isadministrator",
    "issuperuser",
    "superuser",
    "issuperadmin",
    "superadmin",
    "isstaff",
    "isroot",
    "ismoderator",
];

/// They say what their user may do where they stand in the table of users.
pub(crate) const ROLES: &[&str] = &[
    "role",
    "roles",
    "roleid",
    "roleids",
    "rolename",
    "userrole",
    "userroles",
    "permission",
    "permissions",
    "scopes",
    "scope",
    "privileges",
    "privilege",
    "accesslevel",
    "permissionlevel",
    "groups",
    "groupids",
];

/// What a user must not say of their own account.
pub(crate) const ACCOUNT: &[&str] = &[
    "isverified",
    "verified",
    "emailverified",
    "isemailverified",
    "isactive",
    "disabled",
    "isapproved",
    "approved",
    "isbanned",
    "balance",
    "walletbalance",
    "credits",
    "credit",
    "creditlimit",
    "hashedpassword",
    "passwordhash",
    "plan",
    "tier",
    "subscriptiontier",
    "subscriptionplan",
    "subscriptionstatus",
    "ispremium",
    "quota",
    "tokenversion",
];

/// Parts of names of dependencies that ask for more than a login.
pub(crate) const DEMANDS: &[&str] = &[
    "admin",
    "superuser",
    "staff",
    "role",
    "permission",
    "privilege",
    "scope",
    "moderator",
    "manager",
    "rbac",
    "authorize",
    "policy",
    "internal",
    "apikey",
    "servicetoken",
];

/// Values of a role that nobody may give themselves.
pub(crate) const HIGH_ROLES: &[&str] = &[
    "admin",
    "super",
    "staff",
    "root",
    "owner",
    "moderator",
    "manager",
    "editor",
    "operator",
    "supervisor",
];

/// Columns that hold another person than the one whose row it is: whom a task is given to, who gets a message.
pub(crate) const OTHER_PEOPLE: &[&str] = &[
    "assign",
    "recipient",
    "receiver",
    "review",
    "approv",
    "target",
    "friend",
    "follow",
    "mention",
    "invit",
    "parent",
    "manager",
    "doctor",
    "teacher",
    "instructor",
    "mentor",
    "coach",
    "driver",
    "courier",
    "therapist",
    "contact",
    "addressee",
    "blocked",
    "reported",
    "rated",
    "partner",
    "touser",
    "participant",
    "opponent",
    "lead",
    "updatedby",
    "modifiedby",
    "deletedby",
    "sharedwith",
];

/// Parts of names of tables whose rows say what people have to do with something: who adds a row names somebody else.
pub(crate) const LINKS: &[&str] = &[
    "member",
    "participant",
    "collaborator",
    "share",
    "invit",
    "access",
    "permission",
    "assignment",
    "userrole",
    "friend",
    "follow",
    "link",
];

/// Names that can mean a customer of the business as well as the one who asks.
pub(crate) const AMBIGUOUS_OWNERS: &[&str] = &[
    "customerid",
    "clientid",
    "accountid",
    "memberid",
    "studentid",
    "employeeid",
    "patientid",
    "profileid",
    "sub",
    "author",
    "username",
    "ownername",
    "creator",
    "owner",
    "user",
];

/// Lower case without underscores.
pub(crate) fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| *c != '_' && *c != '-');
    letters.flat_map(char::to_lowercase).collect()
}
