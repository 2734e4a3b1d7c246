//! What rustc says to users of the macros: `ui/fail` with the blessed messages, `ui/pass` compiles and runs.

use std::path::Path;

#[test]
fn messages() {
    // The macros look for a schema in the package's folder, which is trybuild's own for these cases.
    let target =
        Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("Cargo puts it below the target folder");
    let package = target.join("tests/trybuild").join(env!("CARGO_PKG_NAME"));
    std::fs::create_dir_all(&package).expect("the target folder can be written");
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas");
    for entry in std::fs::read_dir(schemas).expect("the folder is part of the repository") {
        let entry = entry.expect("the folder can be read");
        std::fs::copy(entry.path(), package.join(entry.file_name()))
            .expect("the target folder can be written");
    }
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}
