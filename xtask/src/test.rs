//! Every test there is, with all that it takes.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::step::step;
use crate::{build, lint, setup};

pub(crate) fn run_all() -> Result<()> {
    let toolchain = setup::for_building()?;
    setup::for_testing()?;
    lint::run_all()?;
    build::run_with(toolchain)?;
    let gateway = build::path_of_gateway()?;
    // The end-to-end tests are a package of their own and come last: what a unit test finds needs no browser.
    step("test: units", || {
        cargo(Command::new("cargo").args([
            "test",
            "--workspace",
            "--all-features",
            "--exclude",
            "porthole-tests",
        ]))
    })?;
    step("test: end to end", || {
        cargo(
            Command::new("cargo")
                .args(["test", "--package", "porthole-tests"])
                .env("PORTHOLE_GATEWAY", &gateway)
                .env("PATH", setup::path()?),
        )
    })?;
    step("interoperability", || {
        print!("{}", std::fs::read_to_string("docs/INTEROP.md")?);
        Ok(())
    })?;
    println!("\nEverything passed.");
    Ok(())
}

/// Runs tests, and repeats at the end why some have failed: the tests' own account of it lies far above that, and a log is
/// often looked at from its end.
fn cargo(tests: &mut Command) -> Result<()> {
    let mut running = tests.stdout(Stdio::piped()).spawn().context("cannot run cargo")?;
    let output = running.stdout.take().context("cargo says nothing")?;
    let mut said = Vec::new();
    for line in BufReader::new(output).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        println!("{line}");
        said.push(line);
    }
    if !running.wait()?.success() {
        bail!("cargo test failed:\n{}", panics(&said).join("\n"));
    }
    Ok(())
}

/// Who has panicked in what tests say, and each one's first words. Tests say so only where they fail.
fn panics(said: &[String]) -> Vec<String> {
    let told = said.iter().zip(said.iter().skip(1)).filter_map(|(line, words)| {
        let (name, _) = line.strip_prefix("thread '")?.split_once('\'')?;
        line.contains(" panicked at ")
            .then(|| format!("failed: {name}: {words}"))
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_tests_have_failed_is_the_last_thing_that_is_said() {
        let said = "thread 'a::test' (3) panicked at tests/a.rs:1:1:\nits words";
        let of = |end: &str| cargo(Command::new("sh").args(["-c", &["echo \"$0\"; ", end].concat(), said]));
        assert!(of("true").is_ok());
        let error = of("false").map_err(|error| error.to_string());
        assert_eq!(
            error,
            Err("cargo test failed:\nfailed: a::test: its words".to_owned())
        );
    }

    #[test]
    fn a_failed_tests_first_words_are_found() {
        let said = "\
---- signs::the_bell_is_seen stdout ----

thread 'signs::the_bell_is_seen' (3141) panicked at tests/src/wait.rs:16:17:
a bell .odd: not within 30 s; nothing
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace

---- screen::it_is_shown stdout ----
thread 'screen::it_is_shown' panicked at tests/e2e/screen.rs:12:5:
assertion `left == right` failed: whose 'size' panicked at nothing
  left: 1
 right: 2

failures:
    screen::it_is_shown
";
        let said: Vec<String> = said.lines().map(str::to_owned).collect();
        let expected = [
            "failed: signs::the_bell_is_seen: a bell .odd: not within 30 s; nothing",
            "failed: screen::it_is_shown: assertion `left == right` failed: whose 'size' panicked at nothing",
        ];
        assert_eq!(panics(&said), expected);
    }
}
