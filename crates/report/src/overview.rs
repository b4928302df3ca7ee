//! The routes of a project in short, as an audit shows them beside its findings.

use serde::{Deserialize, Serialize};

use crate::{Location, OwnershipVerdict};

/// One method on one path, with what is known of its protection. The whole table is [`crate::RouteTable`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteSummary {
    /// Upper case; `WEBSOCKET` for a WebSocket.
    pub method: String,
    pub path: String,
    pub handler: String,
    /// Name of the application; `null` where several routes of tests or none reach one.
    pub application: Option<String>,
    /// The decorator or call that registers it.
    pub location: Location,
    /// Name of what authenticates the caller; `null` where nothing is known to.
    pub guard: Option<String>,
    /// The claim or the session that names the caller.
    pub identity: Option<String>,
    pub ownership: OwnershipVerdict,
    /// Settings say that anyone may call it.
    pub public: bool,
    /// Fingerprints of the findings in its handler and in what runs before it.
    pub findings: Vec<String>,
}
