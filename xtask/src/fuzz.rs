//! The fuzz targets: builds all of them, runs as many at a time as there are processors, and tells what came of it.
//!
//! The compiler's own flags for libFuzzer are enough, so that no nightly compiler and no cargo-fuzz is needed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::setup;
use crate::step::{output, run as run_program, step};

/// What libFuzzer needs to see where an input has led, and what makes mistakes show.
const FLAGS: &[&str] = &[
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "-Cdebug-assertions=yes",
    "-Coverflow-checks=yes",
];

/// Longer inputs find nothing that shorter ones do not, and are slower.
const MAX_LENGTH: usize = 4096;
/// An input that takes longer than this hangs. On a machine that is busy with something else, a program may stand still
/// for a minute.
const TIMEOUT: Duration = Duration::from_secs(120);
/// What a whole program may hold, libFuzzer's own included.
const MAX_MEGABYTES: usize = 2048;

/// What came of a target.
struct Outcome {
    target: String,
    executions: u64,
    per_second: u64,
    coverage: (u64, u64),
    /// The input that broke the oracle.
    finding: Option<PathBuf>,
}

pub(crate) fn run(seconds: u64, targets: &[String]) -> Result<()> {
    setup::for_fuzzing()?;
    let all = all_targets()?;
    if let Some(unknown) = targets.iter().find(|target| !all.contains(target)) {
        bail!("there is no target {unknown}, but there are {}", all.join(", "));
    }
    let targets = if targets.is_empty() { &all } else { targets };
    let programs = step("fuzz: build", || build(targets))?;
    let mut outcomes = step(
        format!("fuzz: {} targets for {seconds} s each", targets.len()),
        || run_targets(&programs, targets, seconds),
    )?;
    outcomes.sort_by_key(|outcome| targets.iter().position(|target| *target == outcome.target));
    print_table(&outcomes);
    let findings: Vec<String> = outcomes
        .iter()
        .filter_map(|outcome| {
            Some(format!(
                "{}: {}",
                outcome.target,
                outcome.finding.as_ref()?.display()
            ))
        })
        .collect();
    if !findings.is_empty() {
        bail!("inputs that break an oracle:\n  {}", findings.join("\n  "));
    }
    Ok(())
}

/// Each is a program of its own.
fn all_targets() -> Result<Vec<String>> {
    let mut targets = Vec::new();
    for entry in fs::read_dir("fuzz/src/bin").context("cannot read fuzz/src/bin")? {
        let path = entry?.path();
        if let (Some(stem), Some("rs")) = (path.file_stem(), path.extension().and_then(|it| it.to_str())) {
            targets.push(stem.to_string_lossy().into_owned());
        }
    }
    targets.sort();
    Ok(targets)
}

/// Gives the folder with the programs.
fn build(targets: &[String]) -> Result<PathBuf> {
    let version = output(Command::new("rustc").arg("-vV")).context("there is no rustc")?;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc does not say what it runs on")?;
    let mut cargo = Command::new("cargo");
    cargo
        .args([
            "build",
            "--quiet",
            "--release",
            "--manifest-path",
            "fuzz/Cargo.toml",
        ])
        // A target that is named keeps the flags away from build scripts, which have no libFuzzer.
        .args(["--target-dir", "fuzz/target", "--target", host])
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\x1f"));
    for target in targets {
        cargo.args(["--bin", target]);
    }
    run_program(&mut cargo)?;
    Ok(Path::new("fuzz/target").join(host).join("release"))
}

fn run_targets(programs: &Path, targets: &[String], seconds: u64) -> Result<Vec<Outcome>> {
    let queue = Mutex::new(targets.iter());
    let next = || queue.lock().ok()?.next();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let worker = || {
            std::iter::from_fn(next)
                .map(|target| run_target(programs, target, seconds))
                .collect::<Result<Vec<_>>>()
        };
        let workers: Vec<_> = (0..processors).map(|_| scope.spawn(worker)).collect();
        let mut outcomes = Vec::new();
        for worker in workers {
            match worker.join() {
                Ok(of_worker) => outcomes.extend(of_worker?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(outcomes)
    })
}

fn run_target(programs: &Path, target: &str, seconds: u64) -> Result<Outcome> {
    let folder = |kind: &str| {
        let folder = Path::new("fuzz").join(kind).join(target);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        anyhow::Ok(folder)
    };
    // What the fuzzer wants to keep for itself goes to the first folder that it is given.
    let found = folder("target/found")?;
    let artifacts = folder("artifacts")?;
    let log = found.with_extension("log");
    let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
    let regressions = Path::new("fuzz/regressions").join(target);
    let mut program = Command::new(programs.join(target));
    program
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={MAX_LENGTH}"))
        .arg(format!("-timeout={}", TIMEOUT.as_secs()))
        .arg(format!("-report_slow_units={}", TIMEOUT.as_secs()))
        .arg(format!("-rss_limit_mb={MAX_MEGABYTES}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg("-print_final_stats=1")
        .arg(&found)
        .arg(Path::new("fuzz/corpus").join(target))
        .args(regressions.is_dir().then_some(&regressions))
        .stdout(file.try_clone()?)
        .stderr(file);
    let status = program
        .status()
        .with_context(|| format!("cannot run the program of {target}"))?;
    let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    let outcome = read_log(target, &text);
    if !status.success() && outcome.finding.is_none() {
        bail!(
            "{target} failed with {status} and left no input: see {}",
            log.display()
        );
    }
    println!(
        "{target}: {} executions, {}",
        outcome.executions,
        if status.success() {
            "nothing found"
        } else {
            "an oracle is broken"
        }
    );
    Ok(outcome)
}

/// What libFuzzer has written.
fn read_log(target: &str, text: &str) -> Outcome {
    let last = |name: &str| {
        let value = |line: &str| line.strip_prefix(name)?.trim().parse().ok();
        text.lines().filter_map(value).next_back().unwrap_or(0)
    };
    let coverage = |line: &str| line.split_once("cov: ")?.1.split(' ').next()?.parse().ok();
    let mut covered = text.lines().filter_map(coverage);
    let first = covered.next().unwrap_or(0);
    Outcome {
        target: target.to_owned(),
        executions: last("stat::number_of_executed_units:"),
        per_second: last("stat::average_exec_per_sec:"),
        coverage: (first, covered.next_back().unwrap_or(first)),
        finding: text
            .lines()
            .find_map(|line| Some(line.split_once("Test unit written to ")?.1.trim().into())),
    }
}

fn print_table(outcomes: &[Outcome]) {
    println!(
        "\n{:<20} {:>12} {:>8} {:>14}  findings",
        "target", "executions", "exec/s", "new coverage"
    );
    for outcome in outcomes {
        let (first, last) = outcome.coverage;
        let finding = match &outcome.finding {
            Some(path) => path.display().to_string(),
            None => "none".to_owned(),
        };
        println!(
            "{:<20} {:>12} {:>8} {:>14}  {finding}",
            outcome.target,
            outcome.executions,
            outcome.per_second,
            format!("{last} (+{})", last.saturating_sub(first)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_of_a_run_says_what_it_did() {
        let text = "#2\tINITED cov: 310 ft: 400 corp: 3/9b\n#900\tNEW    cov: 322 ft: 410 corp: 4/9b\n\
                    stat::number_of_executed_units: 4711\nstat::average_exec_per_sec:     471\n";
        let outcome = read_log("raw", text);
        assert_eq!((outcome.executions, outcome.per_second), (4711, 471));
        assert_eq!(outcome.coverage, (310, 322));
        assert_eq!(outcome.finding, None);
    }

    #[test]
    fn a_run_that_found_something_says_where_it_is() {
        let text = "thread panicked\nartifact_prefix='fuzz/artifacts/raw/'; \
                    Test unit written to fuzz/artifacts/raw/crash-12\nBase64: AA==\n";
        assert_eq!(
            read_log("raw", text).finding,
            Some(PathBuf::from("fuzz/artifacts/raw/crash-12"))
        );
    }
}
