//! Keeps the fixtures of a test run as files, so that other builds of the audit can be held against this one.

use std::path::Path;

use crate::fixture::Fixture;

/// Names the folder in which fixtures are kept. Not set: they are not.
const FOLDER_VARIABLE: &str = "CLAIMCHECK_KEEP_FIXTURES";

/// Writes the files of a fixture to a folder of its own, named after its content.
pub(crate) fn keep(fixture: &Fixture) {
    let Some(folder) = std::env::var_os(FOLDER_VARIABLE) else {
        return;
    };
    let folder = Path::new(&folder).join(format!("{:016x}", hash(fixture)));
    for file in &fixture.files {
        let path = folder.join(&file.path);
        let parent = path.parent().unwrap_or(&folder);
        std::fs::create_dir_all(parent).expect("the folder for kept fixtures can be made");
        std::fs::write(&path, file.text.as_bytes()).expect("a fixture can be kept");
    }
}

/// FNV-1a over paths and texts.
fn hash(fixture: &Fixture) -> u64 {
    let parts = fixture
        .files
        .iter()
        .flat_map(|file| [file.path.as_bytes(), file.text.as_bytes()]);
    parts
        .flat_map(|part| part.iter().chain(&[0]))
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        })
}
