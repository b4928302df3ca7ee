//! The open files: their names and their order. Their texts live in the editor.

/// Names of the open files, in the order of their tabs, and the one that is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    paths: Vec<String>,
    current: Option<usize>,
}

/// Why a file cannot have a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenameProblem {
    Empty,
    Taken,
}

impl Files {
    pub fn paths(&self) -> &[String] {
        &self.paths
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
            self.paths.push(path.to_owned());
        }
        self.show(path);
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

    /// Closes a file; its right neighbour is shown, else its left one.
    pub fn close(&mut self, path: &str) {
        let Some(index) = self.paths.iter().position(|known| known == path) else {
            return;
        };
        self.paths.remove(index);
        self.current = match self.current {
            _ if self.paths.is_empty() => None,
            Some(current) if current > index => Some(current - 1),
            Some(current) => Some(current.min(self.paths.len() - 1)),
            None => None,
        };
    }

    /// Gives a file another name, spaces around it cut off. Gives the new name.
    pub fn rename(&mut self, from: &str, to: &str) -> Result<String, RenameProblem> {
        let to = to.trim().replace('\\', "/");
        if to.is_empty() {
            return Err(RenameProblem::Empty);
        }
        if to != from && self.contains(&to) {
            return Err(RenameProblem::Taken);
        }
        if let Some(path) = self.paths.iter_mut().find(|path| *path == from) {
            path.clone_from(&to);
        }
        Ok(to)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> Files {
        let mut files = Files::default();
        for path in ["a.py", "b.py", "c.py"] {
            files.open(path);
        }
        files
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
    fn closing_shows_a_neighbour() {
        let mut files = three();
        files.close("c.py");
        assert_eq!(files.current(), Some("b.py"));
        files.close("a.py");
        assert_eq!(files.current(), Some("b.py"));
        files.close("b.py");
        assert_eq!(files.current(), None);
        files.close("b.py");
        assert_eq!(files, Files::default());
    }

    #[test]
    fn a_file_cannot_take_the_name_of_another() {
        let mut files = three();
        assert_eq!(files.rename("a.py", " b.py "), Err(RenameProblem::Taken));
        assert_eq!(files.rename("a.py", "  "), Err(RenameProblem::Empty));
        assert_eq!(files.rename("a.py", "a.py"), Ok("a.py".to_owned()));
        assert_eq!(files.rename("a.py", r"app\auth.py"), Ok("app/auth.py".to_owned()));
        assert!(files.contains("app/auth.py") && !files.contains("a.py"));
    }

    #[test]
    fn free_names_are_free() {
        let mut files = Files::default();
        assert_eq!(files.free_name(), "main.py");
        files.open("main.py");
        assert_eq!(files.free_name(), "main-2.py");
    }
}
