//! How files of a project name each other.

use rustc_hash::FxHashSet;
use semantic::Model;
use syntax::ast::*;
use text::{FileId, TextRange};

use crate::Facts;

impl Facts<'_> {
    /// The module under which a file can import from the file at `path`, which need not be there yet. Taken from how
    /// it imports other files of the project, or how it is imported itself; `None` where that does not tell.
    pub fn module_path(&self, from: FileId, path: &str) -> Option<String> {
        let target = module_stem(path)?;
        let own = || self.named_beside(from, from, target);
        let importing = || {
            let files = self
                .model
                .file_ids()
                .filter(|&file| file != from && !self.is_test(file));
            files
                .filter(|&file| imported(&self.model, file).contains(&from))
                .find_map(|file| self.named_beside(file, from, target))
        };
        own().or_else(importing)
    }

    /// What `from` can call a module, by the imports of a file: its own, or one that imports it.
    fn named_beside(&self, file: FileId, from: FileId, target: &str) -> Option<String> {
        let model = &self.model;
        let ast = model.ast(file);
        let text = self.text(file);
        ast[ast.body].iter().find_map(|&stmt| {
            let files = model.imported_files(file, stmt);
            if files.is_empty() || (file != from && !files.contains(&from)) {
                return None;
            }
            let by_root = |module: &str| {
                let module = module.replace('.', "/");
                files.iter().find_map(|&file| {
                    let stem = module_stem(self.path(file))?;
                    let root = root_of(stem, &module).or_else(|| root_of(folder_of(stem), &module))?;
                    target.strip_prefix(root).map(dotted)
                })
            };
            match ast[stmt].kind {
                StmtKind::ImportFrom { level: 0, module, .. } => by_root(&text[module]),
                StmtKind::ImportFrom { level, .. } => {
                    let mut folder = folder_of(self.path(file));
                    for _ in 1..level {
                        folder = folder_of(folder);
                    }
                    let dots = 1 + depth_below(folder, folder_of(self.path(from)))?;
                    let rest = below(folder, target)?;
                    Some(".".repeat(dots) + &dotted(rest))
                }
                StmtKind::Import(names) => ast[names].iter().find_map(|name| by_root(&text[name.path])),
                _ => None,
            }
        })
    }

    /// The imports of a file that reach other files of the project.
    pub fn local_imports(&self, file: FileId) -> Vec<TextRange> {
        let ast = self.model.ast(file);
        let statements = ast[ast.body].iter();
        statements
            .filter(|&&stmt| !self.model.imported_files(file, stmt).is_empty())
            .map(|&stmt| ast[stmt].range)
            .collect()
    }

    /// Whether importing one file runs the other.
    pub fn runs(&self, from: FileId, other: FileId) -> bool {
        let mut pending = vec![from];
        let mut seen = FxHashSet::default();
        while let Some(file) = pending.pop() {
            if file == other {
                return true;
            }
            if seen.insert(file) {
                pending.extend(imported(&self.model, file));
            }
        }
        false
    }
}

fn imported(model: &Model<'_>, file: FileId) -> Vec<FileId> {
    let ast = model.ast(file);
    let statements = ast[ast.body].iter();
    statements.flat_map(|&stmt| model.imported_files(file, stmt)).collect()
}

/// `app/auth` of `app/auth.py`, `app` of `app/__init__.py`.
fn module_stem(path: &str) -> Option<&str> {
    let stem = path.strip_suffix(".py")?;
    Some(stem.strip_suffix("/__init__").unwrap_or(stem))
}

/// `src/` of `src/app/auth` for the module `app/auth`.
fn root_of<'p>(stem: &'p str, module: &str) -> Option<&'p str> {
    let root = stem.strip_suffix(module)?;
    (root.is_empty() || root.ends_with('/')).then_some(root)
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// What of a path lies below a folder.
fn below<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    match folder {
        "" => Some(path),
        _ => path.strip_prefix(folder)?.strip_prefix('/'),
    }
}

/// How many folders lie between one and another one below it.
fn depth_below(folder: &str, inner: &str) -> Option<usize> {
    if folder == inner {
        return Some(0);
    }
    Some(below(folder, inner)?.matches('/').count() + 1)
}

fn dotted(path: &str) -> String {
    path.replace('/', ".")
}
