//! A project and its settings, written as one text.

/// Files and settings of one test.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fixture {
    /// Settings of the audit by name, as text.
    pub options: Vec<(String, String)>,
    /// Rules whose findings need no announcement.
    pub unannounced: Vec<String>,
    /// The rule whose test this is. Others may speak on lines without an annotation: a rule's tests show that rule,
    /// and say of the others only where they stand in its way. Without one, every finding is announced.
    pub rule: Option<String>,
    pub files: Vec<SourceText>,
}

/// One file of a fixture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    pub path: String,
    pub text: String,
}

impl Fixture {
    /// Reads the `#-` lines. Indentation that all lines share is taken away, and so is a first empty line.
    pub fn parse(text: &str) -> Fixture {
        let mut fixture = Fixture::default();
        for line in trim_indent(text).split_inclusive('\n') {
            match line.strip_prefix("#- ") {
                Some(header) => fixture.header(header.trim()),
                None => fixture.push_line(line),
            }
        }
        fixture
    }

    pub fn single(path: &str, text: &str) -> Fixture {
        Fixture {
            files: vec![SourceText {
                path: path.to_owned(),
                text: text.to_owned(),
            }],
            ..Fixture::default()
        }
    }

    /// A project of real files. Their `#- option:` and `#- unannounced:` lines count and stay in the text.
    pub fn of_files(files: Vec<SourceText>) -> Fixture {
        let mut fixture = Fixture::default();
        for line in files.iter().flat_map(|file| file.text.lines()) {
            if let Some(header) = line.strip_prefix("#- ") {
                fixture.setting(header.trim());
            }
        }
        fixture.files = files;
        fixture
    }

    fn header(&mut self, header: &str) {
        if !self.setting(header) {
            assert!(
                self.files.iter().all(|file| file.path != header),
                "the fixture holds two files `{header}`"
            );
            self.files.push(SourceText {
                path: header.to_owned(),
                text: String::new(),
            });
        }
    }

    /// Takes an option or a list of rules; `false` for anything else.
    fn setting(&mut self, header: &str) -> bool {
        if let Some(option) = header.strip_prefix("option:") {
            let (name, value) = option.split_once('=').expect("an option is `name = value`");
            let value = value.trim().trim_matches('"');
            self.options.push((name.trim().to_owned(), value.to_owned()));
        } else if let Some(rules) = header.strip_prefix("unannounced:") {
            self.unannounced
                .extend(rules.split(',').map(|rule| rule.trim().to_owned()));
        } else {
            return false;
        }
        true
    }

    fn push_line(&mut self, line: &str) {
        match self.files.last_mut() {
            Some(file) => file.text.push_str(line),
            // Settings may stand apart from the text that follows.
            None if line.trim().is_empty() => {}
            None => *self = Fixture::single("main.py", line).with_settings_of(self),
        }
    }

    fn with_settings_of(mut self, other: &mut Fixture) -> Fixture {
        self.options = std::mem::take(&mut other.options);
        self.unannounced = std::mem::take(&mut other.unannounced);
        self
    }
}

/// Takes away a first empty line and the spaces with which every line begins.
pub fn trim_indent(text: &str) -> String {
    let text = text.strip_prefix('\n').unwrap_or(text);
    let indent_of = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let lines = || text.split_inclusive('\n');
    let indent = lines().filter(|line| !line.trim().is_empty()).map(indent_of).min();
    let indent = indent.unwrap_or(0);
    lines()
        .map(|line| {
            if line.trim().is_empty() {
                line.trim_start_matches(' ')
            } else {
                &line[indent..]
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_is_main() {
        let fixture = Fixture::parse("\n    x = 1\n\n    if x:\n        y = 2\n");
        assert_eq!(fixture, Fixture::single("main.py", "x = 1\n\nif x:\n    y = 2\n"));
    }

    #[test]
    fn several_files_and_settings() {
        let fixture =
            Fixture::parse("#- option: secret_name = \"X\"\n#- unannounced: a, b\n#- a.py\n1\n#- b/c.py\n2\n3");
        assert_eq!(fixture.options, [("secret_name".to_owned(), "X".to_owned())]);
        assert_eq!(fixture.unannounced, ["a", "b"]);
        let files: Vec<_> = fixture.files.iter().map(|file| (&*file.path, &*file.text)).collect();
        assert_eq!(files, [("a.py", "1\n"), ("b/c.py", "2\n3")]);
    }

    #[test]
    fn settings_before_a_single_file() {
        let fixture = Fixture::parse("#- option: a = 1\n\nx\n");
        assert_eq!(fixture.options.len(), 1);
        assert_eq!(fixture.files, Fixture::single("main.py", "x\n").files);
    }
}
