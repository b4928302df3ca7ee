//! Asking for the caller's verified token: with a dependency that the project has, or with a new one.

use facts::Facts;
use text::{FileId, Span, TextRange, TextSize};

use super::calls::{append_argument, import_local, import_member, import_members, import_module};
use super::environment::behind_imports;
use super::style::{indent_unit, string_literal};
use crate::fix::{Fix, NewFile, Replacement};

const NAME: &str = "get_current_user";
const SCHEME: &str = "bearer_scheme";
/// Where projects keep such a dependency, by the names of their files.
const FITTING: &[&str] = &["auth", "dependencies", "deps", "security", "authentication"];

/// Dependencies of the project that are tried.
const MAX_LOGINS: usize = 6;

/// Routes that shall know their callers.
pub(crate) struct Open<'a> {
    /// Their decorators, or the calls that register them.
    pub(crate) registrations: &'a [Span],
    /// The call that makes their application.
    pub(crate) application: Span,
    /// The variable of the environment that holds the secret.
    pub(crate) secret_name: &'a str,
}

/// Where the dependency is defined.
struct Home {
    path: String,
    name: String,
    /// In front of which it stands, where that is the file of routes.
    end: Option<(FileId, TextSize)>,
    parts: Vec<Replacement>,
    new_file: Option<NewFile>,
}

/// Lets each route ask for its caller. `None` where no dependency is there and none can be written that is right.
pub(crate) fn ask(facts: &Facts<'_>, open: &Open<'_>) -> Option<Fix> {
    let existing = || {
        // That of the same application, where there are several, and not those of all others.
        let mut logins = facts.logins();
        let from = facts.path(open.application.file);
        logins.sort_by_key(|function| usize::MAX - shared_folders(from, facts.path(function.span.file)));
        let known = logins.into_iter().take(MAX_LOGINS).map(|function| Home {
            path: facts.path(function.span.file).to_owned(),
            name: function.name.clone(),
            end: Some((function.span.file, function.span.range.end())),
            parts: Vec::new(),
            new_file: None,
        });
        known.into_iter().find_map(|home| asked(facts, open, &home))
    };
    existing().or_else(|| asked(facts, open, &written(facts, open)?))
}

/// Folders at the beginning of both paths.
fn shared_folders(a: &str, b: &str) -> usize {
    let folder = |path: &str| path.rfind('/').unwrap_or(0);
    let (a, b) = (&a[..folder(a)], &b[..folder(b)]);
    a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count()
}

/// Where no edit is right: what the project has for it, with what to write.
pub(crate) fn advice(facts: &Facts<'_>) -> Option<(Span, String)> {
    let function = facts.logins().into_iter().next()?;
    let name = &function.name;
    Some((
        function.name_span,
        format!("`{name}` verifies who calls: ask for it with `Depends({name})`"),
    ))
}

fn asked(facts: &Facts<'_>, open: &Open<'_>, home: &Home) -> Option<Fix> {
    let is_new = home.new_file.is_some() || !home.parts.is_empty();
    let name = &home.name;
    let title = match (is_new, open.registrations.len()) {
        (true, _) => format!("Add `{name}`, which verifies tokens, and ask for it"),
        (false, 1) => format!("Ask for `Depends({name})`"),
        (false, _) => format!("Ask for `Depends({name})` at each of these routes"),
    };
    let mut fix = Fix::changes_behaviour(title);
    for file in files(open.registrations) {
        let registrations = || open.registrations.iter().filter(|span| span.file == file);
        let place = registrations().map(|span| span.range.start()).min()?;
        let depends = import_member(facts, file, "fastapi", "Depends", place);
        let is_home = facts.path(file) == home.path;
        // What is written there brings its imports along.
        fix = fix.with(depends.import.filter(|_| !is_home || !is_new));
        let name = match is_home {
            true => {
                // What is asked for has to be there when the route is declared.
                let is_before = home.end.is_none_or(|(of, end)| of != file || end <= place);
                is_before.then(|| name.clone())?
            }
            false => {
                let module = facts.module_path(file, &home.path)?;
                let named = import_local(facts, file, &module, name, place);
                if named.import.is_some() && facts.is_bound(file, name) {
                    return None;
                }
                fix = fix.with(named.import);
                named.name
            }
        };
        let marker = format!("{}({name})", depends.name);
        for registration in registrations() {
            fix = fix.with([added(facts, *registration, &marker)?]);
        }
    }
    let fix = fix.with(home.parts.iter().cloned());
    Some(match &home.new_file {
        Some(file) => fix.create(file.clone()),
        None => fix,
    })
}

/// `dependencies=[…]` of a registration, or one more among them.
fn added(facts: &Facts<'_>, registration: Span, marker: &str) -> Option<Replacement> {
    let call = facts.call_at(registration)?;
    if !super::tokens::is_plain(&call) {
        return None;
    }
    let Some(given) = call.argument(None, &["dependencies"]) else {
        return Some(append_argument(facts, &call, &format!("dependencies=[{marker}]")));
    };
    let inner = facts.snippet(given.value).strip_prefix('[')?.strip_suffix(']')?;
    let end = given.value.range.end() - TextSize::of(']');
    let gap = if inner.trim().is_empty() { "" } else { ", " };
    (!inner.trim_end().ends_with(',') && !inner.contains('#')).then(|| Replacement {
        span: Span::new(given.value.file, TextRange::empty(end)),
        text: format!("{gap}{marker}"),
    })
}

fn files(spans: &[Span]) -> Vec<FileId> {
    let mut out: Vec<FileId> = Vec::new();
    for span in spans {
        if !out.contains(&span.file) {
            out.push(span.file);
        }
    }
    out
}

/// A dependency of which the project has none yet: in a file for such things, in a new one beside the application, or
/// where the routes are.
fn written(facts: &Facts<'_>, open: &Open<'_>) -> Option<Home> {
    let library = library(facts, open.application)?;
    let files = files(open.registrations);
    let path = facts.path(open.application.file);
    let folder = path.rfind('/').map_or("", |at| &path[..=at]);
    if let Some(file) = fitting(facts, folder, &files) {
        let end = TextSize::of(facts.text(file));
        return into_file(facts, open, library, file, end);
    }
    let new = format!("{folder}{}.py", FITTING[0]);
    let package = format!("{folder}{}/", FITTING[0]);
    let is_free = facts
        .files()
        .all(|file| facts.path(file) != new && !facts.path(file).starts_with(&package));
    if is_free && files.iter().all(|&file| facts.module_path(file, &new).is_some()) {
        let style = facts.text(open.application.file);
        return Some(Home {
            path: new.clone(),
            name: NAME.to_owned(),
            end: None,
            parts: Vec::new(),
            new_file: Some(NewFile {
                path: new,
                text: new_file(style, open.secret_name, library),
            }),
        });
    }
    match files[..] {
        [file] => {
            let places = open.registrations.iter().map(|span| span.range.start());
            into_file(facts, open, library, file, places.min()?)
        }
        _ => None,
    }
}

/// A file that the routes can import from, and that does not import them.
fn fitting(facts: &Facts<'_>, folder: &str, routes: &[FileId]) -> Option<FileId> {
    let stem = |file: FileId| -> Option<usize> {
        let name = facts.path(file).strip_prefix(folder)?.strip_suffix(".py")?;
        let last = name.rsplit('/').next()?;
        FITTING.iter().position(|fitting| *fitting == last)
    };
    let mut found: Vec<(usize, usize, FileId)> = facts
        .files()
        .filter(|&file| !facts.is_test(file) && !facts.imports(file).is_empty() && !routes.contains(&file))
        .filter_map(|file| Some((facts.path(file).matches('/').count(), stem(file)?, file)))
        .collect();
    found.sort_by_key(|(depth, rank, _)| (*depth, *rank));
    found.into_iter().map(|(_, _, file)| file).find(|&file| {
        let path = facts.path(file);
        routes
            .iter()
            .all(|&route| facts.module_path(route, path).is_some() && !facts.runs(file, route))
            && [NAME, SCHEME].iter().all(|name| !facts.is_bound(file, name))
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Library {
    PyJwt,
    Jose,
}

/// The library of the project. `None` where another one is used, or where tokens are issued already: with a key that
/// the dependency would have to know.
fn library(facts: &Facts<'_>, application: Span) -> Option<Library> {
    facts.token_libraries(application).is_empty().then_some(())?;
    let imports = |module: &str| {
        facts.files().flat_map(|file| facts.imports(file)).any(|import| {
            import
                .from
                .as_deref()
                .is_some_and(|from| from.split('.').next() == Some(module))
        })
    };
    Some(match imports("jose") {
        true => Library::Jose,
        false => Library::PyJwt,
    })
}

/// Puts the dependency behind the imports that come before `place`.
fn into_file(facts: &Facts<'_>, open: &Open<'_>, library: Library, file: FileId, place: TextSize) -> Option<Home> {
    let text = facts.text(file);
    let is_free = [NAME, SCHEME].iter().all(|name| !facts.is_bound(file, name));
    let start = behind_imports(facts, file, place).filter(|_| is_free)?;
    let mut code = Code::new(text, open.secret_name, library);
    let mut parts = Vec::new();
    let environment = import_module(facts, file, "os", place);
    code.environment = environment.name;
    let typing: &[&str] = match (code.is_annotated, code.has_unions) {
        (true, true) => &["Annotated"],
        (true, false) => &["Annotated", "Optional"],
        (false, true) => &[],
        (false, false) => &["Optional"],
    };
    let typing = import_members(facts, file, "typing", typing, place);
    parts.extend(together(environment.import, typing));
    match library {
        Library::PyJwt => {
            let module = import_module(facts, file, "jwt", place);
            code.jwt = module.name;
            parts.extend(module.import);
        }
        Library::Jose => parts.extend(import_members(facts, file, "jose", &["JWTError", "jwt"], place)),
    }
    parts.extend(import_members(
        facts,
        file,
        "fastapi",
        &["Depends", "HTTPException"],
        place,
    ));
    let security = ["HTTPAuthorizationCredentials", "HTTPBearer"];
    parts.extend(import_members(facts, file, "fastapi.security", &security, place));
    let rest = &text[usize::from(start)..];
    let empty = rest.lines().take_while(|line| line.trim().is_empty()).count();
    let is_last = rest.trim().is_empty();
    let gap = "\n".repeat(if is_last { 0 } else { 2_usize.saturating_sub(empty) });
    // Constants that are there stay as they are.
    code.has_secret = facts.holds_variable(file, open.secret_name);
    if !code.has_secret && facts.is_bound(file, &code.secret) {
        return None;
    }
    parts.push(Replacement {
        span: Span::new(file, TextRange::empty(start)),
        text: format!("\n{}{gap}", code.text()),
    });
    Some(Home {
        path: facts.path(file).to_owned(),
        name: NAME.to_owned(),
        end: None,
        parts,
        new_file: None,
    })
}

/// Two imports of one group, which begin that group where they come to stand at one place.
fn together(first: Option<Replacement>, second: Option<Replacement>) -> impl Iterator<Item = Replacement> {
    let mut imports = [first, second];
    if let [Some(first), Some(second)] = &mut imports
        && first.span == second.span
    {
        if first.text.ends_with("\n\n") {
            first.text.pop();
        } else if let Some(rest) = second.text.strip_prefix('\n') {
            second.text = rest.to_owned();
        }
    }
    imports.into_iter().flatten()
}

fn new_file(style: &str, secret_name: &str, library: Library) -> String {
    let code = Code::new(style, secret_name, library);
    let typing = match (code.is_annotated, code.has_unions) {
        (true, true) => "from typing import Annotated\n",
        (true, false) => "from typing import Annotated, Optional\n",
        (false, true) => "",
        (false, false) => "from typing import Optional\n",
    };
    let jwt = match library {
        Library::PyJwt => "import jwt\n",
        Library::Jose => "",
    };
    let jose = match library {
        Library::PyJwt => "",
        Library::Jose => "from jose import JWTError, jwt\n",
    };
    format!(
        "import os\n{typing}\n{jwt}from fastapi import Depends, HTTPException\n\
         from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer\n{jose}\n{}",
        code.text()
    )
}

/// What is written, in the style of a file.
struct Code<'a> {
    style: &'a str,
    library: Library,
    variable: &'a str,
    /// The constant that holds the secret.
    secret: String,
    has_secret: bool,
    environment: String,
    jwt: String,
    /// `user: Annotated[User, Depends(…)]`
    is_annotated: bool,
    /// `str | None`
    has_unions: bool,
    is_async: bool,
}

impl<'a> Code<'a> {
    fn new(style: &'a str, variable: &'a str, library: Library) -> Code<'a> {
        let is_name = variable
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let coroutines = style.matches("async def ").count();
        Code {
            style,
            library,
            variable,
            secret: if is_name { variable } else { "JWT_SECRET" }.to_owned(),
            has_secret: false,
            environment: "os".to_owned(),
            jwt: "jwt".to_owned(),
            is_annotated: style.contains("Annotated["),
            has_unions: style.contains(" | None"),
            is_async: 2 * coroutines > style.matches("def ").count(),
        }
    }

    fn text(&self) -> String {
        let Code {
            secret,
            environment,
            jwt,
            ..
        } = self;
        let q = |value: &str| string_literal(self.style, value);
        let constant = match self.has_secret {
            true => String::new(),
            false => {
                let variable = q(self.variable);
                let message = q(&format!("{} is empty", self.variable));
                format!(
                    "{secret} = {environment}.environ[{variable}]\nif not {secret}:\n    raise RuntimeError({message})\n\n"
                )
            }
        };
        let credentials = match self.has_unions {
            true => "HTTPAuthorizationCredentials | None",
            false => "Optional[HTTPAuthorizationCredentials]",
        };
        let parameter = match (self.is_annotated, self.has_unions) {
            (true, true) => format!("Annotated[{credentials}, Depends({SCHEME})]"),
            (true, false) => format!("Annotated[\n        {credentials}, Depends({SCHEME})\n    ]"),
            (false, _) => format!("{credentials} = Depends({SCHEME})"),
        };
        let (options, error) = match self.library {
            Library::PyJwt => (
                format!("{{{}: [{}, {}]}}", q("require"), q("exp"), q("sub")),
                format!("{jwt}.PyJWTError"),
            ),
            Library::Jose => (
                format!("{{{}: True, {}: True}}", q("require_exp"), q("require_sub")),
                "JWTError".to_owned(),
            ),
        };
        let [algorithm, header, scheme, subject] = ["HS256", "WWW-Authenticate", "Bearer", "sub"].map(q);
        let word = if self.is_async { "async def" } else { "def" };
        let code = format!(
            "{constant}{SCHEME} = HTTPBearer(auto_error=False)


{word} {NAME}(
    credentials: {parameter},
) -> str:
    unauthorized = HTTPException(
        status_code=401, headers={{{header}: {scheme}}}
    )
    if credentials is None:
        raise unauthorized
    try:
        claims = {jwt}.decode(
            credentials.credentials,
            {secret},
            algorithms=[{algorithm}],
            options={options},
        )
    except {error}:
        raise unauthorized from None
    return claims[{subject}]
"
        );
        code.replace("    ", indent_unit(self.style))
    }
}
