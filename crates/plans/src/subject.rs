//! For whom a plan is.

use std::fmt;

use ledger_core::{Database, DatabaseError, Statement};
use serde::{Deserialize, Serialize};

use crate::problem::PlanError;

/// For whom a plan is, as the database names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A user, by the ledger's key.
    User(i64),
    /// All users of a tenant.
    Tenant(String),
    /// Everybody together.
    Installation,
    /// Each user who has none of their own.
    Default,
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(key) => write!(formatter, "user:{key}"),
            Self::Tenant(id) => write!(formatter, "tenant:{id}"),
            Self::Installation => formatter.write_str("installation"),
            Self::Default => formatter.write_str("default"),
        }
    }
}

impl Subject {
    /// The subject of its text.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            Some(("user", key)) => key.parse().ok().map(Self::User),
            Some(("tenant", id)) => Some(Self::Tenant(id.to_owned())),
            None if text == "installation" => Some(Self::Installation),
            None if text == "default" => Some(Self::Default),
            _ => None,
        }
    }

    /// The name of its type.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Tenant(_) => "tenant",
            Self::Installation => "installation",
            Self::Default => "default",
        }
    }
}

/// A subject as a request names it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedSubject {
    #[serde(rename = "type")]
    kind: String,
    id: Option<String>,
    tenant_id: Option<String>,
}

/// A subject as an answer names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownSubject {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// A user's or a tenant's id.
    pub id: Option<String>,
    /// The tenant of a user who has one.
    pub tenant_id: Option<String>,
    /// What people call it.
    pub label: Option<String>,
}

/// The longest id of a user or a tenant, in characters.
const ID_CHARS_MAX: usize = 128;

/// A name that is known to be well-formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NamedSubject {
    User { tenant_id: String, user_id: String },
    Tenant(String),
    Installation,
    Default,
}

impl AskedSubject {
    /// The name, or which field is at fault.
    pub(crate) fn checked(&self) -> Result<NamedSubject, PlanError> {
        let text = |field: &str, text: &Option<String>| match text {
            Some(text)
                if !text.is_empty()
                    && text.chars().count() <= ID_CHARS_MAX
                    && !text.chars().any(char::is_control) =>
            {
                Ok(text.clone())
            }
            _ => Err(PlanError::field(
                field,
                format!(
                    "is missing, too long or holds a control character: send 1 to {ID_CHARS_MAX} characters"
                ),
            )),
        };
        let none = |named: NamedSubject| {
            if self.id.is_some() || self.tenant_id.is_some() {
                let fault = format!(
                    "names nothing of a subject of type `{}`: leave it out",
                    self.kind
                );
                return Err(PlanError::field("subject.id", fault));
            }
            Ok(named)
        };
        match self.kind.as_str() {
            "user" => Ok(NamedSubject::User {
                user_id: text("subject.id", &self.id)?,
                tenant_id: match &self.tenant_id {
                    None => String::new(),
                    named => text("subject.tenant_id", named)?,
                },
            }),
            "tenant" if self.tenant_id.is_some() => Err(PlanError::field(
                "subject.tenant_id",
                "is of users: name the tenant by `id`",
            )),
            "tenant" => Ok(NamedSubject::Tenant(text("subject.id", &self.id)?)),
            "installation" => none(NamedSubject::Installation),
            "default" => none(NamedSubject::Default),
            "team" => Err(PlanError::field(
                "subject.type",
                "is `team`, and there are no teams yet: send user, tenant, installation or default",
            )),
            _ => Err(PlanError::field(
                "subject.type",
                "is unknown: send user, tenant, installation or default",
            )),
        }
    }
}

// The unique index of users.
const FIND_USER: &str = "SELECT json_array(user_key) FROM users
WHERE tenant_id = ?1 ->> 0 AND user_id = ?1 ->> 1";
const MAKE_USER: &str = "INSERT INTO users (tenant_id, user_id) SELECT ?1 ->> 0, ?1 ->> 1
WHERE true ON CONFLICT (tenant_id, user_id) DO NOTHING";

impl NamedSubject {
    /// The subject; a user whom the ledger has not seen yet is made known with `make`, else there is none.
    pub(crate) async fn find<D: Database>(
        &self,
        database: &D,
        make: bool,
    ) -> Result<Option<Subject>, DatabaseError> {
        let (tenant_id, user_id) = match self {
            Self::Tenant(id) => return Ok(Some(Subject::Tenant(id.clone()))),
            Self::Installation => return Ok(Some(Subject::Installation)),
            Self::Default => return Ok(Some(Subject::Default)),
            Self::User { tenant_id, user_id } => (tenant_id, user_id),
        };
        let named = [tenant_id, user_id];
        let mut statements = Vec::new();
        if make {
            statements.push(Statement::with(MAKE_USER, &named)?);
        }
        statements.push(Statement::with(FIND_USER, &named)?);
        let rows = database.batch(&statements).await?;
        let found: Option<(i64,)> = match rows.last() {
            Some(rows) => rows.first()?,
            None => None,
        };
        Ok(found.map(|(key,)| Subject::User(key)))
    }
}

/// The columns of a shown subject, of a row `s` with a `subject`, joined with users `u`.
pub(crate) const SHOWN_SUBJECT: &str = "json_array(s.subject, u.tenant_id, u.user_id, u.label)";

/// The join for [`SHOWN_SUBJECT`].
pub(crate) const JOIN_USERS: &str = "LEFT JOIN users u ON u.user_key = iif(s.subject GLOB 'user:*',
  CAST(substr(s.subject, 6) AS INTEGER), NULL)";

/// What [`SHOWN_SUBJECT`] reads.
pub(crate) type SubjectRow = (String, Option<String>, Option<String>, Option<String>);

impl ShownSubject {
    pub(crate) fn of(row: SubjectRow) -> Self {
        let (subject, tenant_id, user_id, label) = row;
        let known = Subject::parse(&subject);
        Self {
            kind: known.as_ref().map_or("user", Subject::kind),
            id: match known {
                Some(Subject::Tenant(id)) => Some(id),
                Some(Subject::User(_)) | None => user_id,
                Some(Subject::Installation | Subject::Default) => None,
            },
            tenant_id: tenant_id.filter(|id| !id.is_empty()),
            label,
        }
    }
}
