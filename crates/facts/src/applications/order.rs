//! The order in which Python runs the statements of modules: an import runs the other module in between.

use semantic::{Model, ScopeId};
use syntax::ast::*;
use text::{FileId, TextSize};

/// A place in the order. Compared lexicographically, a path of places says when something in a function runs.
pub(super) type Moment = (u32, TextSize, u32);

/// After everything that modules do.
pub(super) const LATE: u32 = u32::MAX;

/// For each file, stretches of its text and when they run.
pub(super) struct Order {
    stretches: Vec<Vec<(TextSize, u32)>>,
}

impl Order {
    pub(super) fn new(model: &Model<'_>) -> Order {
        let imports: Vec<Vec<(TextSize, Vec<FileId>)>> =
            model.file_ids().map(|file| module_imports(model, file)).collect();
        let mut is_imported = vec![false; imports.len()];
        for (_, files) in imports.iter().flatten() {
            for file in files {
                is_imported[file.0 as usize] = true;
            }
        }
        // Who starts is not written anywhere: first those that nothing imports, those with an application before.
        let mut roots: Vec<FileId> = model.file_ids().collect();
        text::sort_by_key(&mut roots, |&id| {
            let file = model.file(id);
            let has_application = file.ast().name("FastAPI").is_some();
            (file.is_test(), is_imported[id.0 as usize], !has_application, id)
        });
        let mut order = Order {
            stretches: vec![Vec::new(); imports.len()],
        };
        let mut next = 0;
        for root in roots {
            if order.stretches[root.0 as usize].is_empty() {
                order.run(root, &imports, &mut next);
            }
        }
        order
    }

    /// Runs a module and what it imports, each module once.
    fn run(&mut self, root: FileId, imports: &[Vec<(TextSize, Vec<FileId>)>], next: &mut u32) {
        // File, import statement, module of that statement.
        let mut running: Vec<(FileId, usize, usize)> = Vec::new();
        let mut entered = Some((root, TextSize::new(0)));
        loop {
            if let Some((file, at)) = entered.take() {
                if at > TextSize::new(0) || self.stretches[file.0 as usize].is_empty() {
                    self.stretches[file.0 as usize].push((at, *next));
                    *next += 1;
                }
                if at == TextSize::new(0) {
                    running.push((file, 0, 0));
                }
            }
            let Some((file, import, target)) = running.last_mut() else {
                return;
            };
            match imports[file.0 as usize].get(*import) {
                Some((_, files)) => match files.get(*target) {
                    Some(&imported) => {
                        *target += 1;
                        if self.stretches[imported.0 as usize].is_empty() {
                            entered = Some((imported, TextSize::new(0)));
                        }
                    }
                    None => {
                        *import += 1;
                        *target = 0;
                    }
                },
                None => {
                    running.pop();
                    // What follows the import statement runs after all that it ran.
                    if let Some(&(file, import, _)) = running.last()
                        && let Some((at, _)) = imports[file.0 as usize].get(import)
                    {
                        entered = Some((file, *at));
                    }
                }
            }
        }
    }

    /// When a place at the top level of a module runs.
    pub(super) fn at(&self, file: FileId, offset: TextSize) -> u32 {
        let stretches = &self.stretches[file.0 as usize];
        let after = stretches.partition_point(|(start, _)| *start <= offset);
        after.checked_sub(1).map_or(0, |index| stretches[index].1)
    }
}

/// The imports at the top level of a module, each with its end and the modules it runs.
fn module_imports(model: &Model<'_>, file: FileId) -> Vec<(TextSize, Vec<FileId>)> {
    let ast = model.ast(file);
    let index = model.file(file).index();
    let mut out: Vec<(TextSize, Vec<FileId>)> = ast
        .stmts()
        .filter(|(id, stmt)| {
            matches!(stmt.kind, StmtKind::Import(_) | StmtKind::ImportFrom { .. })
                && index.scope_of(*id) == ScopeId::MODULE
        })
        .map(|(id, stmt)| (stmt.range.end(), model.imported_files(file, id)))
        .filter(|(_, files)| !files.is_empty())
        .collect();
    text::sort_by_key(&mut out, |(at, _)| *at);
    out
}
