//! Whether the crates can be published and installed: documents without warnings, packages that build by themselves,
//! and versions of dependencies that a machine without our lockfile would take.

use std::path::Path;
use std::process::Command;

/// The crates that people depend on, each after those it needs.
const CRATES: [&str; 3] = ["nexus-schema", "nexus-macros", "nexus-migrate"];

/// One thing that must hold.
struct Check {
    name: &'static str,
    run: fn(&Path) -> Result<(), String>,
}

const CHECKS: [Check; 3] = [
    Check { name: "documents", run: documents },
    Check { name: "packages", run: packages },
    Check { name: "fresh", run: without_lockfile },
];

/// Makes the checks, all of them or those that are named; tells a line of each. Whether all hold.
pub fn run(root: &Path, args: &[&str], tell: &mut dyn FnMut(&str)) -> Result<bool, String> {
    let names: Vec<_> = CHECKS.iter().map(|check| check.name).collect();
    if let Some(unknown) = args.iter().find(|arg| !names.contains(*arg)) {
        return Err(format!("`{unknown}` is none of {}", names.join(", ")));
    }
    let mut all = true;
    for check in CHECKS.iter().filter(|check| args.is_empty() || args.contains(&check.name)) {
        match (check.run)(root) {
            Ok(()) => tell(&format!("dist: {}: ok", check.name)),
            Err(problem) => {
                tell(&format!("dist: {}: {problem}", check.name));
                all = false;
            }
        }
    }
    Ok(all)
}

fn documents(root: &Path) -> Result<(), String> {
    let mut doc = cargo(root, &["doc", "--locked", "--no-deps"]);
    for name in CRATES {
        doc.args(["-p", name]);
    }
    finished(doc.env("RUSTDOCFLAGS", "-D warnings"))
}

/// Each crate is packed, unpacked elsewhere and built there.
fn packages(root: &Path) -> Result<(), String> {
    let mut package = cargo(root, &["package", "--locked", "--allow-dirty"]);
    for name in CRATES {
        package.args(["-p", name]);
    }
    finished(&mut package)
}

/// What git knows, without the lockfile, in a folder of its own.
fn without_lockfile(root: &Path) -> Result<(), String> {
    let folder = std::env::temp_dir().join(format!("nexus-dist-{}", std::process::id()));
    let done =
        copy(root, &folder).and_then(|()| finished(&mut cargo(&folder, &["check", "-p", "nexus-migrate"])));
    let _ = std::fs::remove_dir_all(&folder);
    done
}

fn copy(root: &Path, folder: &Path) -> Result<(), String> {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output();
    let listed = listed.map_err(|e| format!("git does not run: {e}"))?;
    for file in String::from_utf8_lossy(&listed.stdout).split('\0').filter(|file| !file.is_empty()) {
        if file == "Cargo.lock" || !root.join(file).is_file() {
            continue;
        }
        let to = folder.join(file);
        let made = to.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.and_then(|()| std::fs::copy(root.join(file), to))
            .map_err(|e| format!("cannot copy {file}: {e}"))?;
    }
    Ok(())
}

fn cargo(folder: &Path, args: &[&str]) -> Command {
    let mut cargo = crate::cargo::cargo();
    cargo.args(args).current_dir(folder);
    cargo
}

fn finished(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|e| format!("cargo does not run: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("failed ({status})")) }
}
