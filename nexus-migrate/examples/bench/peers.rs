//! Where the programs of others are, and which versions of them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How a program tells its version.
#[derive(Debug, Clone, Copy)]
enum Version {
    /// It prints it when it is told this.
    Says(&'static str),
    /// The `package.json` above it has it.
    Npm,
    /// The interpreter beside it knows this distribution.
    Python(&'static str),
}

/// A program to compare with.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    /// Its name, which is its file's.
    pub(crate) name: &'static str,
    /// Its file, where there is one.
    pub(crate) program: Option<PathBuf>,
    version: Version,
}

/// All of them, looked for in `folder`, in what package managers make there, and in `PATH`.
pub(crate) fn find(folder: Option<&Path>) -> Vec<Peer> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for base in folder.into_iter().flat_map(|folder| {
        let below = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        std::iter::once(folder.to_owned()).chain(below)
    }) {
        folders.extend(["", "bin", "node_modules/.bin"].map(|sub| base.join(sub)));
    }
    folders.sort();
    folders.extend(std::env::var_os("NEXUS_PGCLIENT").map(PathBuf::from));
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let mut servers: Vec<_> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|it| it.path())
        .collect();
    servers.sort();
    folders.extend(servers.into_iter().rev().map(|server| server.join("bin")));
    let known = [
        ("psql", Version::Says("--version")),
        ("pg_dump", Version::Says("--version")),
        ("drizzle-kit", Version::Npm),
        ("pgdelta", Version::Npm),
        ("migra", Version::Python("migra")),
        ("sqlc", Version::Says("version")),
        ("sea-orm-cli", Version::Says("--version")),
        ("squawk", Version::Says("--version")),
    ];
    let peer = |(name, version)| {
        let program = folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file());
        Peer { name, program, version }
    };
    known.into_iter().map(peer).collect()
}

impl Peer {
    /// Its version in its own words; nothing where there is no program or it says nothing.
    pub(crate) fn version(&self) -> Option<String> {
        let program = self.program.as_deref()?;
        match self.version {
            Version::Says(how) => first_line(Command::new(program).arg(how)),
            Version::Npm => {
                let real = program.canonicalize().ok()?;
                let manifest = real.ancestors().map(|folder| folder.join("package.json"));
                let text = manifest.filter_map(|path| std::fs::read_to_string(path).ok()).next()?;
                let manifest: serde_json::Value = serde_json::from_str(&text).ok()?;
                manifest.get("version")?.as_str().map(str::to_owned)
            }
            Version::Python(name) => {
                let ask = format!("import importlib.metadata as m; print(m.version('{name}'))");
                first_line(Command::new(program.with_file_name("python")).args(["-c", &ask]))
            }
        }
    }
}

fn first_line(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().next().map(|line| line.trim().to_owned())
}
