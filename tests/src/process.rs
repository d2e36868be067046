//! Programs that run beside a test and end with it.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind};
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;

use tempfile::TempDir;

use crate::wait::{LONG, until};

/// Where the set-up keeps the tools that belong to this project alone.
pub fn tools() -> PathBuf {
    let cache = match std::env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()) {
        Some(cache) => PathBuf::from(cache),
        None => PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache"),
    };
    cache.join("porthole")
}

/// A program that is killed when this is dropped. What it says is shown where the test fails.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    said: TempDir,
}

impl Process {
    pub fn start(command: &mut Command) -> Self {
        Self::start_with(command, |_| Stdio::piped())
    }

    /// One whose standard output is kept with what else it says. Nothing can be waited for on it.
    pub fn start_with_output_kept(command: &mut Command) -> Self {
        Self::start_with(command, |log| log.try_clone().unwrap().into())
    }

    fn start_with(command: &mut Command, output: impl Fn(&File) -> Stdio) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let said = TempDir::new().unwrap();
        let log = File::options()
            .create(true)
            .append(true)
            .open(said.path().join("stderr"))
            .unwrap();
        let child = command
            .stdin(Stdio::null())
            .stdout(output(&log))
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| match error.kind() {
                ErrorKind::NotFound => {
                    panic!("{name} is missing: `cargo xtask setup --tests` installs it")
                }
                _ => panic!("{name} does not start: {error}"),
            });
        Self { name, child, said }
    }

    /// The first line on its standard output that this makes something of.
    pub fn first<T: Send + 'static>(
        &mut self,
        mut read: impl FnMut(&str) -> Option<T> + Send + 'static,
    ) -> T {
        let output: ChildStdout = self.child.stdout.take().unwrap();
        let (found, finding) = mpsc::channel();
        std::thread::spawn(move || {
            let mut found = Some(found);
            // It is read to the end, so that the program can go on writing.
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(thing) = read(&line)
                    && let Some(found) = found.take()
                {
                    // Nobody waits any more if it took too long.
                    let _ = found.send(thing);
                }
            }
        });
        finding.recv_timeout(LONG).unwrap_or_else(|_| {
            panic!(
                "{} did not say what was waited for:\n{}",
                self.name,
                self.stderr()
            )
        })
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.said.path().join("stderr")).unwrap_or_default())
            .into_owned()
    }

    /// Ends it and waits for its end.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
        if std::thread::panicking() {
            let said = self.stderr();
            let tail: Vec<&str> = said.lines().rev().take(20).collect();
            let tail: Vec<&str> = tail.into_iter().rev().collect();
            eprintln!("---- {} said:\n{}", self.name, tail.join("\n"));
        }
    }
}

/// A program that takes all that it has started with it when it ends, in a process namespace of its own. With `alone`
/// it has a network of its own, too: for a server that cannot be told to listen on loopback only.
pub fn contained(program: &str, alone: bool) -> Command {
    let mut command = Command::new("unshare");
    if !is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    if alone {
        command.arg("--net");
    }
    command.args(["--pid", "--fork", "--kill-child", "--", program]);
    command
}

/// Whether the tests run as root, whom some programs refuse.
pub fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Whether there is a program of this name to start.
pub fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// A port for a program that cannot choose one itself. They lie below those that the system gives out by itself, and
/// no two are the same within this process, so that nobody takes one between here and there: some are taken minutes later,
/// or given up and taken again.
pub fn free_port() -> u16 {
    const FIRST: u32 = 15_000;
    const COUNT: u32 = 16_384;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Another process begins elsewhere.
    let start = std::process::id() % 64 * (COUNT / 64);
    for _ in 0..COUNT {
        let port = FIRST + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % COUNT;
        let port = port as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free between {FIRST} and {}", FIRST + COUNT);
}

/// Waits until somebody listens there.
pub fn listening(port: u16) {
    until(&format!("somebody listens on port {port}"), LONG, || {
        if ends_at(port, LISTENS) > 0 {
            Ok(())
        } else {
            Err(String::new())
        }
    });
}

/// How many are connected to it.
pub fn connections(port: u16) -> usize {
    ends_at(port, CONNECTED)
}

/// The states of a TCP socket, as the kernel numbers them.
const CONNECTED: u8 = 1;
const LISTENS: u8 = 10;

/// How many sockets on this port of loopback's are in this state. /proc/net/tcp says so without a connection, which some
/// servers count as a failed login.
fn ends_at(port: u16, state: u8) -> usize {
    let (local, state) = (format!("0100007F:{port:04X}"), format!("{state:02X}"));
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let is_it = |line: &&str| {
        let mut words = line.split_whitespace().skip(1);
        words.next() == Some(&*local) && words.nth(1) == Some(&*state)
    };
    table.lines().filter(is_it).count()
}

/// How many processes of a group are running.
pub fn group_size(leader: u32) -> usize {
    let is_in_group = |stat: &str| {
        // Behind the name, which may have anything in it: state, parent, group.
        let (_, rest) = stat.rsplit_once(") ").unwrap_or_default();
        let words: Vec<&str> = rest.split(' ').take(3).collect();
        words.len() == 3 && words[0] != "Z" && words[2] == leader.to_string()
    };
    let processes = std::fs::read_dir("/proc").unwrap().map_while(Result::ok);
    processes
        // Those that end meanwhile are not there.
        .filter_map(|process| std::fs::read_to_string(process.path().join("stat")).ok())
        .filter(|stat| is_in_group(stat))
        .count()
}

/// Keeps a file where pictures of the page are put.
pub fn keep(name: &str, content: &[u8]) -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/e2e-screenshots");
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(folder.join(name), content))
        .map_err(|error| format!("{name} cannot be kept: {error}"))
}
