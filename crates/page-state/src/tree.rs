//! The open files as a tree of folders.
//!
//! A flat table in the order of the screen, every folder before what is in it. Folders that hold nothing but one other
//! folder stand in one row with it: `src/app`.

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// The files and folders of a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    rows: Vec<TreeRow>,
}

/// A file or a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeRow {
    /// The whole path; of a folder without a slash at its end.
    pub path: String,
    /// What stands in the row: the last part of the path, or several for folders in one row.
    pub name: String,
    pub is_folder: bool,
    /// Folders around it, and one.
    pub level: usize,
    /// Its place among what is in the same folder, from 1, and how many there are.
    pub place: usize,
    pub count: usize,
    /// The row of the folder around it.
    parent: Option<usize>,
}

impl Tree {
    pub fn new(paths: &[String]) -> Tree {
        let mut sorted: Vec<&str> = paths.iter().map(String::as_str).collect();
        text::sort_by(&mut sorted, |a, b| in_order(a, b));
        let mut rows = in_one_row(&every_folder(&sorted));
        let mut counts: BTreeMap<Option<usize>, usize> = BTreeMap::new();
        for row in &mut rows {
            let count = counts.entry(row.parent).or_default();
            *count += 1;
            row.place = *count;
        }
        for row in &mut rows {
            row.count = counts.get(&row.parent).copied().unwrap_or_default();
        }
        Tree { rows }
    }

    /// The rows whose folders are all open.
    pub fn visible(&self, is_open: impl Fn(&TreeRow) -> bool) -> Vec<&TreeRow> {
        let mut shown: Vec<bool> = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            shown.push(
                row.parent
                    .is_none_or(|parent| shown[parent] && is_open(&self.rows[parent])),
            );
        }
        self.filtered(&shown)
    }

    /// The files whose path holds `words`, upper and lower case alike, and the folders around them.
    pub fn matching(&self, words: &str) -> Vec<&TreeRow> {
        let words = words.to_lowercase();
        let mut shown = vec![false; self.rows.len()];
        for index in (0..self.rows.len()).rev() {
            let row = &self.rows[index];
            shown[index] |= !row.is_folder && row.path.to_lowercase().contains(&words);
            if let Some(parent) = row.parent.filter(|_| shown[index]) {
                shown[parent] = true;
            }
        }
        self.filtered(&shown)
    }

    fn filtered(&self, shown: &[bool]) -> Vec<&TreeRow> {
        let rows = self.rows.iter().zip(shown);
        rows.filter(|(_, shown)| **shown).map(|(row, _)| row).collect()
    }

    /// The folder around a file or folder.
    pub fn parent(&self, row: &TreeRow) -> Option<&TreeRow> {
        Some(&self.rows[row.parent?])
    }

    /// The folders around a file, the innermost first.
    pub fn around(&self, path: &str) -> Vec<&TreeRow> {
        let file = self.rows.iter().find(|row| !row.is_folder && row.path == path);
        std::iter::successors(file, |row| self.parent(row)).skip(1).collect()
    }
}

/// Folders before files, then by name as people read it.
fn in_order(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.split('/').peekable(), b.split('/').peekable());
    loop {
        let (Some(one), Some(other)) = (left.next(), right.next()) else {
            return a.cmp(b);
        };
        if one != other || left.peek().is_none() != right.peek().is_none() {
            let folders_first = left.peek().is_none().cmp(&right.peek().is_none());
            let by_name = || one.to_lowercase().cmp(&other.to_lowercase());
            return folders_first.then_with(by_name).then_with(|| one.cmp(other));
        }
    }
}

/// A row for each file, and one for each folder before what is in it.
fn every_folder(sorted: &[&str]) -> Vec<TreeRow> {
    let mut rows: Vec<TreeRow> = Vec::new();
    // The folders around the last file, the outermost first, by their rows.
    let mut open: Vec<usize> = Vec::new();
    for path in sorted {
        while let Some(&folder) = open.last() {
            let inside = path.strip_prefix(rows[folder].path.as_str());
            if inside.is_some_and(|rest| rest.starts_with('/')) {
                break;
            }
            open.pop();
        }
        let mut start = open.last().map_or(0, |&folder| rows[folder].path.len() + 1);
        while let Some(slash) = path[start..].find('/') {
            rows.push(row(path, start, start + slash, true, open.last().copied()));
            open.push(rows.len() - 1);
            start += slash + 1;
        }
        rows.push(row(path, start, path.len(), false, open.last().copied()));
    }
    rows
}

fn row(path: &str, start: usize, end: usize, is_folder: bool, parent: Option<usize>) -> TreeRow {
    TreeRow {
        path: path[..end].to_owned(),
        name: path[start..end].to_owned(),
        is_folder,
        level: 1,
        place: 1,
        count: 1,
        parent,
    }
}

/// Puts folders that hold nothing but one other folder in one row with it, and counts levels.
fn in_one_row(every: &[TreeRow]) -> Vec<TreeRow> {
    let mut inside = vec![(0_usize, false); every.len()];
    for row in every {
        if let Some(parent) = row.parent {
            inside[parent].0 += 1;
            inside[parent].1 = row.is_folder;
        }
    }
    let mut rows: Vec<TreeRow> = Vec::with_capacity(every.len());
    // For each row of before: the row that it is now, or the name that its only folder takes over.
    let mut became: Vec<Result<usize, (Option<usize>, String)>> = Vec::with_capacity(every.len());
    for (index, row) in every.iter().enumerate() {
        let (parent, name) = match row.parent.map(|parent| &became[parent]) {
            None => (None, row.name.clone()),
            Some(Ok(parent)) => (Some(*parent), row.name.clone()),
            Some(Err((parent, name))) => (*parent, format!("{name}/{}", row.name)),
        };
        if inside[index] == (1, true) {
            became.push(Err((parent, name)));
            continue;
        }
        became.push(Ok(rows.len()));
        rows.push(TreeRow {
            name,
            level: parent.map_or(1, |parent| rows[parent].level + 1),
            parent,
            ..row.clone()
        });
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(paths: &[&str]) -> Tree {
        Tree::new(&paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>())
    }

    fn drawn(rows: Vec<&TreeRow>) -> Vec<String> {
        let line = |row: &TreeRow| {
            let indent = "  ".repeat(row.level - 1);
            let slash = if row.is_folder { "/" } else { "" };
            format!("{indent}{}{slash} {}/{}", row.name, row.place, row.count)
        };
        rows.into_iter().map(line).collect()
    }

    const PROJECT: [&str; 7] = [
        "main.py",
        "src/app/routers/users.py",
        "src/app/Main.py",
        "src/app/auth.py",
        "src/app/routers/items.py",
        "tests/a/b/test_users.py",
        "Alpha.py",
    ];

    #[test]
    fn folders_come_first_and_lonely_ones_share_a_row() {
        assert_eq!(
            drawn(tree(&PROJECT).visible(|_| true)),
            [
                "src/app/ 1/4",
                "  routers/ 1/3",
                "    items.py 1/2",
                "    users.py 2/2",
                "  auth.py 2/3",
                "  Main.py 3/3",
                "tests/a/b/ 2/4",
                "  test_users.py 1/1",
                "Alpha.py 3/4",
                "main.py 4/4",
            ]
        );
    }

    #[test]
    fn closed_folders_hide_everything_below() {
        let tree = tree(&PROJECT);
        let rows = tree.visible(|row| row.path != "src/app");
        assert_eq!(
            drawn(rows),
            [
                "src/app/ 1/4",
                "tests/a/b/ 2/4",
                "  test_users.py 1/1",
                "Alpha.py 3/4",
                "main.py 4/4"
            ]
        );
    }

    #[test]
    fn a_search_shows_files_and_the_folders_around_them() {
        let tree = tree(&PROJECT);
        let names = |words| -> Vec<String> { tree.matching(words).iter().map(|row| row.path.clone()).collect() };
        assert_eq!(
            names("USERS"),
            [
                "src/app",
                "src/app/routers",
                "src/app/routers/users.py",
                "tests/a/b",
                "tests/a/b/test_users.py"
            ]
        );
        assert_eq!(names("nothing"), [""; 0]);
    }

    #[test]
    fn the_folders_around_a_file() {
        let tree = tree(&PROJECT);
        let around = |path| -> Vec<String> { tree.around(path).iter().map(|row| row.path.clone()).collect() };
        assert_eq!(around("src/app/routers/users.py"), ["src/app/routers", "src/app"]);
        assert_eq!(around("main.py"), [""; 0]);
    }

    #[test]
    fn a_file_and_a_folder_of_one_name_are_two() {
        assert_eq!(
            drawn(tree(&["a", "a/b"]).visible(|_| true)),
            ["a/ 1/2", "  b 1/1", "a 2/2"]
        );
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = format!("{}x.py", "a/".repeat(5_000));
        let other = format!("{}y/z.py", "a/".repeat(5_000));
        let tree = tree(&[&deep, &other]);
        assert_eq!(tree.visible(|_| true).len(), 4);
    }
}
