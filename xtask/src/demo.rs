//! A desktop to look at: everything built, and the gateway running.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::step::{run, step};
use crate::{build, setup};

pub(crate) struct Options {
    /// The port to serve at; the usual one, or a free one if that is taken, when none is asked for.
    pub(crate) port: Option<u16>,
    /// A real Xtigervnc desktop in place of the gateway's own.
    pub(crate) desktop: bool,
}

const USUAL_PORT: u16 = 6080;

pub(crate) fn run_demo(options: &Options) -> Result<()> {
    let toolchain = setup::for_building()?;
    if options.desktop {
        setup::for_desktop()?;
    }
    build::run_with(toolchain)?;
    let port = match options.port {
        Some(port) => port,
        None => free_port(USUAL_PORT)?,
    };
    let mut gateway = Command::new("target/release/porthole-gateway");
    gateway.args(["--listen", &format!("127.0.0.1:{port}")]);
    let desktop = if options.desktop {
        Some(step("desktop", Desktop::start)?)
    } else {
        None
    };
    if let Some(desktop) = &desktop {
        gateway.arg("--config").arg(&desktop.config);
    }
    println!("\nOpen http://127.0.0.1:{port}/ in a browser. Ctrl-C ends it.");
    if desktop.is_some() {
        println!("Its dashboard starts more desktops: http://127.0.0.1:{port}/dashboard/remote-cli");
    }
    println!();
    let mut gateway = gateway.spawn().context("cannot start the gateway")?;
    // However this program is asked to end: the gateway ends first, then what was started here, in order.
    let pid = gateway.id().to_string();
    ctrlc::set_handler(move || {
        let _ = run(Command::new("kill").args(["-s", "INT", &pid]));
    })?;
    let status = gateway.wait()?;
    if !status.success() {
        bail!("the gateway failed: {status}");
    }
    Ok(())
}

/// That port, or another one if it is taken.
fn free_port(port: u16) -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .context("there is no free port")?;
    Ok(listener.local_addr()?.port())
}

/// Desktops with a terminal, one for each session. Where there is no Claude Code it has a shell.
const PROVIDER: &str = r#"
[providers.claude-code]
name = "Claude Code"
command = ["sh", "-c", '''
  Xtigervnc -displayfd 1 -terminate -rfbport 0 -rfbunixpath {dir}/rfb -geometry 1280x800 -depth 24 -SecurityTypes None | {
    read display
    echo $display
    DISPLAY=:$display exec xterm -geometry 140x44+40+30 -fa "DejaVu Sans Mono" -fs 11 -e sh -c "claude || exec sh"
  }
''']
target = "unix:{dir}/rfb"
vm_id = "display-{line}"
vm_address = "localhost"
"#;

/// An Xtigervnc with a window manager and a terminal, and a configuration that makes it a session.
struct Desktop {
    folder: PathBuf,
    config: PathBuf,
    children: Vec<Child>,
}

impl Desktop {
    fn start() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("porthole-desktop-{}", std::process::id()));
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let config = folder.join("gateway.toml");
        let mut desktop = Self {
            folder,
            config,
            children: Vec::new(),
        };
        let socket = desktop.folder.join("rfb");
        let display = desktop.server(&socket)?;
        let text = format!(
            "default_session = \"demo\"\n[sessions.demo]\ntarget = \"unix:{}\"\nprovider = \"Xtigervnc\"\n{PROVIDER}",
            socket.display()
        );
        fs::write(&desktop.config, text)?;
        for program in [
            &["openbox"][..],
            &["xsetroot", "-solid", "#20404f"],
            &[
                "xterm",
                "-geometry",
                "100x30+60+80",
                "-fa",
                "DejaVu Sans Mono",
                "-fs",
                "11",
            ],
            &["xclock", "-digital", "-update", "1", "-geometry", "+860+30"],
        ] {
            desktop.client(program, &display)?;
        }
        Ok(desktop)
    }

    /// Starts the server on a display of its own choice and says which.
    fn server(&mut self, socket: &Path) -> Result<String> {
        let display = self.folder.join("display");
        let script = format!(
            "exec Xtigervnc -displayfd 3 -rfbport 0 -rfbunixpath '{}' -geometry 1280x800 -depth 24 \
             -SecurityTypes None -BlacklistThreshold 100000 -desktop Porthole 3>'{}'",
            socket.display(),
            display.display()
        );
        self.children.push(
            Command::new("sh")
                .args(["-c", &script])
                .stdin(Stdio::null())
                .stderr(Stdio::null())
                .spawn()?,
        );
        let deadline = Instant::now() + Duration::from_secs(15);
        while Instant::now() < deadline {
            let number = fs::read_to_string(&display).unwrap_or_default();
            if number.ends_with('\n') && socket.exists() {
                return Ok(format!(":{}", number.trim()));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("Xtigervnc did not start within 15 s")
    }

    fn client(&mut self, words: &[&str], display: &str) -> Result<()> {
        let [program, arguments @ ..] = words else {
            return Ok(());
        };
        let child = Command::new(program)
            .args(arguments)
            .env("DISPLAY", display)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        self.children.push(child);
        Ok(())
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for child in &mut self.children {
            // One that has ended already is just as well.
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}
