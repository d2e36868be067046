//! `porthole-gateway`: the command line.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use porthole_gateway::config::Upstream;
use porthole_gateway::doctor;
use porthole_gateway::keep::keep;
use porthole_gateway::open_files;
use porthole_gateway::{Config, Shutdown, serve};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing::info;
use tracing_subscriber::EnvFilter;

/// Serves the Porthole viewer and carries its WebSocket on to the desktop. Without a configuration it shows
/// a demo desktop of its own.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// Where to listen; port 0 takes a free one [default: 127.0.0.1:6080]
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
    /// The configuration, in TOML
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Be the edge of the gateway there: pass page, assets and WebSocket on to it
    #[arg(long, value_name = "URL")]
    upstream: Option<Upstream>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Looks at every hop on the way to a desktop, and names the first one that is broken and how to mend it. Ends with 0 if
    /// none is.
    Diagnose(Diagnose),
    /// Runs a command, and ends all its processes when the standard input ends.
    #[command(hide = true)]
    Keep {
        /// Lets it open only so many files
        #[arg(long)]
        open_files: Option<u64>,
        #[arg(last = true)]
        words: Vec<OsString>,
    },
}

#[derive(Debug, Args)]
struct Diagnose {
    /// A page (http:, https:), a WebSocket (ws:, wss:), or a target such as tcp://HOST:PORT
    url: String,
    /// How long each step may take
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
    /// Then hold the connection for so long without a word, to see whether a hop ends it
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    quiet: Option<u64>,
    /// A file with a password for VNC Authentication. Servers count who leaves without a login
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 6080);

fn main() -> Result<ExitCode> {
    let options = Options::parse();
    match options.command {
        Some(Command::Keep {
            open_files: files,
            words,
        }) => {
            if let Some(files) = files {
                open_files::lower(files);
            }
            Ok(keep(&words))
        }
        Some(Command::Diagnose(what)) => diagnose(what),
        None => run(options).map(|()| ExitCode::SUCCESS),
    }
}

#[tokio::main]
async fn run(options: Options) -> Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // Colours are for a person: in a file they stand between a key and its value.
    let is_seen =
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(is_seen)
        .with_writer(std::io::stderr)
        .init();
    open_files::raise();
    // The one TLS implementation in here; that it is installed already cannot be.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut config = match &options.config {
        Some(path) => Config::load(path)?,
        None => Config::default(),
    };
    if let Some(upstream) = options.upstream {
        config = config.for_edge(upstream)?;
    }
    let address = options.listen.or(config.listen).unwrap_or(DEFAULT_LISTEN);
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))?;
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    // For whoever started this: the one line on the standard output. That nobody reads it is no error.
    let _ = writeln!(
        std::io::stdout(),
        "listening on {scheme}://{}/",
        listener.local_addr()?
    );
    serve(listener, config, shutdown()?).await
}

#[tokio::main(flavor = "current_thread")]
async fn diagnose(what: Diagnose) -> Result<ExitCode> {
    let password = match &what.password_file {
        Some(file) => {
            let text =
                std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
            Some(text.trim_end_matches(['\r', '\n']).into())
        }
        None => None,
    };
    let options = doctor::Options {
        patience: Duration::from_secs(what.timeout),
        quiet: what.quiet.map(Duration::from_secs),
        password,
    };
    let report = doctor::examine(&what.url, &options).await?;
    // That nobody reads it is no error.
    let _ = write!(std::io::stdout(), "{report}");
    Ok(if report.is_sound() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// SIGTERM drains, and ends at once when it comes again; SIGINT ends at once.
fn shutdown() -> Result<watch::Receiver<Shutdown>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let (asking, asked) = watch::channel(Shutdown::No);
    tokio::spawn(async move {
        let how = tokio::select! {
            _ = interrupt.recv() => Shutdown::Now,
            _ = terminate.recv() => Shutdown::Drain,
        };
        info!(?how, "shutting down");
        asking.send_replace(how);
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        asking.send_replace(Shutdown::Now);
    });
    Ok(asked)
}
