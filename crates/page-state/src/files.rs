//! The open files: their names and their order. Their texts live in the editor.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Names of the open files, in the order of their tabs, and the one that is shown.
///
/// There may be thousands: copies share the names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    paths: Rc<Vec<String>>,
    current: Option<usize>,
}

/// Why a file or folder cannot have a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenameProblem {
    Empty,
    Taken,
    /// It begins with a slash, or a part of it is empty, `.` or `..`.
    Outside,
}

impl Files {
    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    /// The same, to be kept: it is not copied.
    pub fn shared_paths(&self) -> Rc<Vec<String>> {
        self.paths.clone()
    }

    /// The file that is shown; `None` when none is open.
    pub fn current(&self) -> Option<&str> {
        self.current.map(|index| self.paths[index].as_str())
    }

    pub fn contains(&self, path: &str) -> bool {
        self.paths.iter().any(|known| known == path)
    }

    /// Adds a file at the end, when there is none of that name, and shows it.
    pub fn open(&mut self, path: &str) {
        if !self.contains(path) {
            Rc::make_mut(&mut self.paths).push(path.to_owned());
        }
        self.show(path);
    }

    /// Adds files at the end, those that are not there yet.
    pub fn add<'a>(&mut self, added: impl IntoIterator<Item = &'a str>) {
        for path in added {
            if !self.contains(path) {
                Rc::make_mut(&mut self.paths).push(path.to_owned());
            }
        }
    }

    /// Adds files at the end, those that are not there yet, and shows the first of them.
    pub fn open_all(&mut self, added: &[String]) {
        let mut known: BTreeSet<String> = self.paths.iter().cloned().collect();
        let paths = Rc::make_mut(&mut self.paths);
        paths.extend(added.iter().filter(|path| known.insert((*path).clone())).cloned());
        if let Some(first) = added.first() {
            self.show(first);
        }
    }

    /// Shows an open file. Says whether there is one.
    pub fn show(&mut self, path: &str) -> bool {
        match self.paths.iter().position(|known| known == path) {
            Some(index) => {
                self.current = Some(index);
                true
            }
            None => false,
        }
    }

    /// Closes files. Is the shown one among them, its right neighbour of those that stay is shown, else its left one.
    pub fn close(&mut self, gone: &[String]) {
        let gone: BTreeSet<&str> = gone.iter().map(String::as_str).collect();
        let stays = |path: &String| !gone.contains(path.as_str());
        let before = |end: usize| self.paths[..end].iter().filter(|path| stays(path)).count();
        let left = before(self.paths.len());
        self.current = match self.current {
            Some(current) if left > 0 => Some(before(current).min(left - 1)),
            _ => None,
        };
        if left < self.paths.len() {
            Rc::make_mut(&mut self.paths).retain(stays);
        }
    }

    /// The files in a folder and in the folders below it.
    pub fn below(&self, folder: &str) -> Vec<String> {
        self.paths
            .iter()
            .filter(|path| is_below(path, folder))
            .cloned()
            .collect()
    }

    /// What a file, or a folder with everything in it, would be called, spaces around the name cut off: each file's
    /// name now and then.
    pub fn renamed(&self, from: &str, to: &str) -> Result<Vec<(String, String)>, RenameProblem> {
        let to = to.trim().replace('\\', "/");
        if to.is_empty() {
            return Err(RenameProblem::Empty);
        }
        if to.split('/').any(|part| matches!(part.trim(), "" | "." | "..")) {
            return Err(RenameProblem::Outside);
        }
        let renames: Vec<(String, String)> = self
            .paths
            .iter()
            .filter_map(|path| {
                let name = match path.strip_prefix(from)? {
                    "" => to.clone(),
                    rest if rest.starts_with('/') => format!("{to}{rest}"),
                    _ => return None,
                };
                Some((path.clone(), name))
            })
            .collect();
        let moved: BTreeSet<&str> = renames.iter().map(|(path, _)| path.as_str()).collect();
        let staying: BTreeSet<&str> = self
            .paths
            .iter()
            .map(String::as_str)
            .filter(|path| !moved.contains(path))
            .collect();
        if renames.iter().any(|(_, name)| staying.contains(name.as_str())) {
            return Err(RenameProblem::Taken);
        }
        Ok(renames)
    }

    /// Gives files their new names: what [`Files::renamed`] gave.
    pub fn rename(&mut self, renames: &[(String, String)]) {
        let renames: BTreeMap<&str, &str> = renames.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
        for path in Rc::make_mut(&mut self.paths) {
            if let Some(name) = renames.get(path.as_str()) {
                *path = (*name).to_owned();
            }
        }
    }

    /// A name that no open file has: `main.py`, `main-2.py`, ….
    pub fn free_name(&self) -> String {
        (1_u32..)
            .map(|number| match number {
                1 => "main.py".to_owned(),
                _ => format!("main-{number}.py"),
            })
            .find(|name| !self.contains(name))
            .expect("there are fewer files than numbers")
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(paths: &[&str]) -> Files {
        let mut files = Files::default();
        for path in paths {
            files.open(path);
        }
        files
    }

    fn three() -> Files {
        open(&["a.py", "b.py", "c.py"])
    }

    fn names(paths: &[&str]) -> Vec<String> {
        paths.iter().map(|path| (*path).to_owned()).collect()
    }

    #[test]
    fn the_newest_file_is_shown() {
        assert_eq!(three().current(), Some("c.py"));
    }

    #[test]
    fn opening_twice_shows_the_same_file() {
        let mut files = three();
        files.open("a.py");
        assert_eq!(files.paths().len(), 3);
        assert_eq!(files.current(), Some("a.py"));
    }

    #[test]
    fn of_many_files_the_first_is_shown() {
        let mut files = three();
        files.open_all(&names(&["d.py", "b.py", "d.py"]));
        assert_eq!(files.paths(), ["a.py", "b.py", "c.py", "d.py"]);
        assert_eq!(files.current(), Some("d.py"));
        files.open_all(&[]);
        assert_eq!(files.current(), Some("d.py"));
    }

    #[test]
    fn closing_shows_a_neighbour() {
        let mut files = three();
        files.close(&names(&["c.py"]));
        assert_eq!(files.current(), Some("b.py"));
        files.close(&names(&["a.py"]));
        assert_eq!(files.current(), Some("b.py"));
        files.close(&names(&["b.py"]));
        assert_eq!(files.current(), None);
        files.close(&names(&["b.py"]));
        assert_eq!(files, Files::default());
    }

    #[test]
    fn closing_a_folder_shows_what_stood_next_to_it() {
        let mut files = open(&["a.py", "app/x.py", "app/y/z.py", "apple.py"]);
        files.show("app/x.py");
        let below = files.below("app");
        assert_eq!(below, ["app/x.py", "app/y/z.py"]);
        files.close(&below);
        assert_eq!(files.paths(), ["a.py", "apple.py"]);
        assert_eq!(files.current(), Some("apple.py"));
    }

    #[test]
    fn a_file_cannot_take_the_name_of_another() {
        let mut files = three();
        assert_eq!(files.renamed("a.py", " b.py "), Err(RenameProblem::Taken));
        assert_eq!(files.renamed("a.py", "  "), Err(RenameProblem::Empty));
        let same = files.renamed("a.py", "a.py");
        assert_eq!(same, Ok(vec![("a.py".to_owned(), "a.py".to_owned())]));
        let renames = files.renamed("a.py", r"app\auth.py").expect("the name is free");
        files.rename(&renames);
        assert_eq!(files.paths(), ["app/auth.py", "b.py", "c.py"]);
    }

    #[test]
    fn a_name_stays_inside_the_project() {
        for name in ["/etc/a.py", "../a.py", "app/../../a.py", "app//a.py", "app/", "."] {
            assert_eq!(three().renamed("a.py", name), Err(RenameProblem::Outside), "{name}");
        }
    }

    #[test]
    fn a_folder_takes_its_files_along() {
        let mut files = open(&["app/x.py", "app/y/z.py", "apple.py", "api/x.py"]);
        assert_eq!(files.renamed("app", "api"), Err(RenameProblem::Taken));
        let renames = files.renamed("app", "src/app").expect("the names are free");
        files.rename(&renames);
        assert_eq!(
            files.paths(),
            ["src/app/x.py", "src/app/y/z.py", "apple.py", "api/x.py"]
        );
    }

    #[test]
    fn free_names_are_free() {
        let mut files = Files::default();
        assert_eq!(files.free_name(), "main.py");
        files.open("main.py");
        assert_eq!(files.free_name(), "main-2.py");
    }
}
