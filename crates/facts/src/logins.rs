//! What a route could ask for so that it knows its caller.

use text::{FileId, Span};

use crate::Facts;
use crate::authentication;
use crate::authenticators::{AuthenticatorRole, Cause, Way};
use crate::libraries::TokenLibrary;
use crate::source::Function;

/// Words in the names of dependencies that ask for more than a login, or for something else.
const OTHERS: &[&str] = &[
    "admin",
    "super",
    "role",
    "permission",
    "scope",
    "refresh",
    "reset",
    "optional",
    "websocket",
    "ws",
    "owner",
    "staff",
];

impl Facts<'_> {
    /// Dependencies of the project that verify who calls and refuse everybody else, those first that more routes ask
    /// for.
    pub fn logins(&self) -> Vec<&Function> {
        let functions = &self.authenticators().functions;
        let known = self.logins.get_or_init(|| self.find_logins());
        known.iter().map(|&index| &functions[index].function).collect()
    }

    /// As indices of the functions that authenticate.
    fn find_logins(&self) -> Vec<usize> {
        let model = &self.model;
        let guards = self
            .authentication()
            .routes
            .iter()
            .filter_map(|known| known.guard.as_ref());
        let names: Vec<&str> = guards.map(|guard| guard.name.as_str()).collect();
        let functions = self.authenticators().functions.iter().enumerate();
        let mut found: Vec<(usize, usize)> = functions
            .filter(|(_, known)| {
                let name = known.function.name.to_lowercase();
                let lets_in = known
                    .exits
                    .iter()
                    .any(|exit| !matches!(exit.way, Way::Raises { .. }) && exit.cause != Cause::Unknown);
                known.role == AuthenticatorRole::Dependency
                    && known.verifies
                    && !known.is_optional
                    && !known.is_test
                    && !lets_in
                    && !OTHERS
                        .iter()
                        .any(|word| name.split('_').any(|part| part.starts_with(word)))
                    && self.is_of_module(&known.function)
                    && !authentication::tests_rights(model, known.function.id)
            })
            .map(|(index, known)| {
                let name = known.function.name.as_str();
                (names.iter().filter(|guard| **guard == name).count(), index)
            })
            .collect();
        // Stable: equals stay in the order of files.
        found.sort_by_key(|(count, _)| usize::MAX - count);
        found.into_iter().map(|(_, index)| index).collect()
    }

    /// Whether a function is no method and stands in no other function.
    fn is_of_module(&self, function: &Function) -> bool {
        let ast = self.model.ast(function.id.file);
        let statement = ast[function.id.id].stmt;
        ast.parent_stmt(statement).is_none()
    }

    /// Libraries by which tokens are issued or verified beside the application that `application` makes, or below.
    pub fn token_libraries(&self, application: Span) -> Vec<&'static TokenLibrary> {
        let encodes = self.encodes.iter().map(|encode| (&encode.call, encode.library));
        let decodes = self.decodes.iter().map(|decode| (&decode.call, decode.library));
        let home = self.path(application.file);
        let folder = home.rfind('/').map_or("", |at| &home[..=at]);
        let mut out: Vec<&'static TokenLibrary> = Vec::new();
        for (call, library) in encodes.chain(decodes) {
            let is_known = out.iter().any(|known| known.name == library.name);
            let file = call.span.file;
            let is_near = self.path(file).starts_with(folder) || self.is_part_of(file, application.file);
            if !call.is_test && !is_known && is_near {
                out.push(library);
            }
        }
        out
    }

    /// Whether a file belongs to the application that another makes: it lies in the same folder or below. An
    /// application that is alone owns every file.
    pub fn is_part_of(&self, file: FileId, application: FileId) -> bool {
        let applications = &self.applications().applications;
        let model = &self.model;
        let others = applications
            .iter()
            .filter(|other| !other.is_test && other.span.file != application);
        if others.count() == 0 {
            return true;
        }
        let home = model.file(application).path();
        let folder = home.rfind('/').map_or("", |at| &home[..=at]);
        // Among many in one folder, as examples are, each file is one of its own.
        let is_crowded = applications
            .iter()
            .filter(|other| {
                let path = model.file(other.span.file).path();
                path.starts_with(folder) && !path[folder.len()..].contains('/')
            })
            .count()
            > 2;
        match is_crowded {
            true => file == application,
            false => model.file(file).path().starts_with(folder),
        }
    }
}
