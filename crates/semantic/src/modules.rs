//! Module paths to files.

use rustc_hash::FxHashMap;
use text::FileId;

/// The files of a project by the last part of their module path.
pub(crate) struct ModuleIndex {
    by_last: FxHashMap<String, Vec<FileId>>,
    /// Folder and name of each file, without `.py` and `/__init__`.
    parts: Vec<Vec<String>>,
    is_package: Vec<bool>,
    /// Packages from outside, whatever folders the project has: the framework may lie beside its users.
    outside: Vec<&'static str>,
}

impl ModuleIndex {
    pub(crate) fn new<'a>(paths: impl Iterator<Item = &'a str>, outside: Vec<&'static str>) -> ModuleIndex {
        let mut index = ModuleIndex {
            by_last: FxHashMap::default(),
            parts: Vec::new(),
            is_package: Vec::new(),
            outside,
        };
        for (id, path) in paths.enumerate() {
            let path = path.strip_suffix(".py").unwrap_or(path);
            let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
            let is_package = parts.len() > 1 && parts.last().is_some_and(|last| last == "__init__");
            if is_package {
                parts.pop();
            }
            if let Some(last) = parts.last() {
                index.by_last.entry(last.clone()).or_default().push(FileId(id as u32));
            }
            index.parts.push(parts);
            index.is_package.push(is_package);
        }
        index
    }

    /// The file of `from {dots}{module} import …` in `from`.
    pub(crate) fn relative(&self, from: FileId, level: u32, module: &str) -> Option<FileId> {
        let base = self.package(from, level)?;
        let wanted: Vec<&str> = base.iter().map(String::as_str).chain(segments(module)).collect();
        self.exact(&wanted)
    }

    /// The folder that `level` dots mean in a file.
    fn package(&self, from: FileId, level: u32) -> Option<&[String]> {
        let parts = &self.parts[from.0 as usize];
        // One dot in a package's own `__init__` is the package, in a module the folder around it.
        let up = level as usize - usize::from(self.is_package[from.0 as usize]);
        parts.get(..parts.len().checked_sub(up)?)
    }

    fn exact(&self, wanted: &[&str]) -> Option<FileId> {
        let candidates = self.by_last.get(*wanted.last()?)?;
        candidates.iter().copied().find(|id| {
            let parts = &self.parts[id.0 as usize];
            parts.len() == wanted.len() && parts.iter().zip(wanted).all(|(a, b)| a == b)
        })
    }

    /// The file that `import module` finds from a file: a module path that ends a file's path. The folder before
    /// it stands for an entry of `sys.path`; the nearest one above the importing file wins.
    pub(crate) fn absolute(&self, from: FileId, module: &str) -> Option<FileId> {
        let wanted: Vec<&str> = segments(module).collect();
        if self.outside.contains(wanted.first()?) {
            return None;
        }
        let here = &self.parts[from.0 as usize];
        let folder = &here[..here.len() - usize::from(!self.is_package[from.0 as usize])];
        let candidates = self.by_last.get(*wanted.last()?)?;
        let mut best: Option<(usize, FileId)> = None;
        for &id in candidates {
            let parts = &self.parts[id.0 as usize];
            let Some(root) = parts.len().checked_sub(wanted.len()) else {
                continue;
            };
            if id == from || !parts[root..].iter().zip(&wanted).all(|(a, b)| a == b) {
                continue;
            }
            let shared = folder.iter().zip(&parts[..root]).take_while(|(a, b)| a == b).count();
            let is_above = shared == root;
            // A lone name is a library unless it lies beside the importing file or above it; a path may also
            // lead into a sibling tree such as `src/`.
            if !is_above && wanted.len() == 1 {
                continue;
            }
            let score = shared * 2 + usize::from(is_above) * 1000;
            if best.is_none_or(|(other, _)| score > other) {
                best = Some((score, id));
            }
        }
        best.map(|(_, id)| id)
    }

    /// Whether some file lies in a folder of this module path, so that the path is the project's own.
    pub(crate) fn member(&self, module: FileId, name: &str) -> Option<FileId> {
        let mut wanted: Vec<&str> = self.parts[module.0 as usize].iter().map(String::as_str).collect();
        wanted.push(name);
        self.exact(&wanted)
    }
}

fn segments(module: &str) -> impl Iterator<Item = &str> {
    module.split('.').map(str::trim).filter(|segment| !segment.is_empty())
}
