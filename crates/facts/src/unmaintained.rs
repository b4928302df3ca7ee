//! Imports of libraries that a project should leave.

use syntax::ast::*;
use text::{Span, TextRange};

use crate::Facts;
use crate::libraries::unmaintained::{UNMAINTAINED, Unmaintained};

/// Where a project imports a library.
#[derive(Debug, Clone)]
pub struct LibraryImport {
    pub library: &'static Unmaintained,
    /// The name of the module as written, one for each statement outside of tests.
    pub places: Vec<Span>,
}

impl Facts<'_> {
    /// Libraries that are imported and not maintained.
    pub fn unmaintained_imports(&self) -> Vec<LibraryImport> {
        let mut out: Vec<LibraryImport> = Vec::new();
        for file in self.files().filter(|&file| !self.is_test(file)) {
            let text = self.text(file);
            // A cheap test first: most files import none of them.
            let last = |module: &'static str| module.rsplit('.').next().unwrap_or(module);
            if !UNMAINTAINED.iter().any(|library| text.contains(last(library.module))) {
                continue;
            }
            let ast = self.model.ast(file);
            let mut found: Vec<(TextRange, &'static Unmaintained)> = Vec::new();
            for (id, stmt) in ast.stmts() {
                let modules: Vec<(String, TextRange)> = match stmt.kind {
                    StmtKind::Import(names) => ast[names]
                        .iter()
                        .map(|name| (text[name.path].to_owned(), name.path))
                        .collect(),
                    StmtKind::ImportFrom {
                        level: 0,
                        module,
                        names,
                        ..
                    } => {
                        let members = ast[names].iter();
                        let whole = (text[module].to_owned(), module);
                        // `from authlib import jose`
                        let inner = members.map(|name| (format!("{}.{}", &text[module], &text[name.path]), name.path));
                        std::iter::once(whole).chain(inner).collect()
                    }
                    _ => continue,
                };
                let library = modules.iter().find_map(|(module, range)| {
                    let library = UNMAINTAINED.iter().find(|library| {
                        module
                            .strip_prefix(library.module)
                            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                    })?;
                    Some((*range, library))
                });
                // A folder of the project may have the same name.
                if let Some(library) = library
                    && self.model.imported_files(file, id).is_empty()
                {
                    found.push(library);
                }
            }
            text::sort_by_number(&mut found, |(range, _)| u128::from(u32::from(range.start())));
            for (range, library) in found {
                let place = Span::new(file, range);
                match out.iter_mut().find(|known| known.library == library) {
                    Some(known) => known.places.push(place),
                    None => out.push(LibraryImport {
                        library,
                        places: vec![place],
                    }),
                }
            }
        }
        out
    }
}
