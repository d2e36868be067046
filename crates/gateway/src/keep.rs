//! Keeps the processes of one command: `porthole-gateway keep -- COMMAND…`.
//!
//! The keeper starts the command as the head of a process group, and ends the whole group when the command ends or when
//! its own standard input does. That is a pipe whose other end the gateway holds, so that it ends with the gateway,
//! however that ends: a signal that cannot be caught among it.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process_group, test_kill_process_group, waitid,
};

/// How long processes that are asked to end may take.
const GRACE: Duration = Duration::from_secs(3);

/// How often is looked whether they have.
const EVERY: Duration = Duration::from_millis(20);

/// Runs a command, and is over when all of its group is.
#[must_use]
pub fn keep(words: &[OsString]) -> ExitCode {
    match run(words) {
        Ok(code) => code,
        Err(error) => {
            let program = words
                .first()
                .map(|word| word.to_string_lossy())
                .unwrap_or_default();
            // For the gateway, which tells it as the command's last words.
            let _ = writeln!(io::stderr(), "{program} cannot be started: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[OsString]) -> io::Result<ExitCode> {
    let [program, arguments @ ..] = words else {
        return Err(io::Error::other("there is no command"));
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .process_group(0)
        .spawn()?;
    let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else {
        return Err(io::Error::other("it has no process id"));
    };
    thread::spawn(move || {
        // Nothing is ever written to it.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = kill_process_group(group, Signal::TERM);
        thread::sleep(GRACE);
        let _ = kill_process_group(group, Signal::KILL);
    });
    // Its head is not taken away before the rest is told: until then no other group can have this number.
    let _ = waitid(WaitId::Pid(group), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
    let _ = kill_process_group(group, Signal::TERM);
    let status = child.wait()?;
    let deadline = Instant::now() + GRACE;
    while test_kill_process_group(group).is_ok() {
        if Instant::now() >= deadline {
            let _ = kill_process_group(group, Signal::KILL);
            break;
        }
        thread::sleep(EVERY);
    }
    // As a shell tells it.
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    Ok(code
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}
