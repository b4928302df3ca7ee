//! The audit core, fed with a project.

use audit::Auditor;
use report::{Report, RouteTable};

use crate::project::Project;

/// A project that is audited, perhaps again after its texts were changed.
pub(crate) struct Core {
    auditor: Auditor,
}

impl Core {
    pub(crate) fn new(project: &Project) -> Core {
        let mut auditor = Auditor::new();
        auditor.set_options(project.options.clone());
        for (path, reason) in &project.skipped {
            auditor.set_skipped(path, reason);
        }
        for file in &project.files {
            auditor.set_file(&file.path, file.text.clone());
        }
        Core { auditor }
    }

    pub(crate) fn set_text(&mut self, path: &str, text: &str) {
        self.auditor.set_file(path, text);
    }

    pub(crate) fn report(&mut self) -> Report {
        self.auditor.report()
    }

    pub(crate) fn routes(&mut self) -> RouteTable {
        self.auditor.routes()
    }
}
