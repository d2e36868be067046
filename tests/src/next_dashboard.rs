//! `examples/next-dashboard`: built and run as its README says.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::process::{Process, contained, free_port, listening, tools};

/// The app, built for a gateway and a controller.
#[derive(Debug)]
pub struct NextDashboard {
    folder: TempDir,
    gateway: String,
    controller: String,
}

/// One of its servers.
#[derive(Debug)]
pub struct Server {
    /// `127.0.0.1` and a port.
    pub address: String,
    process: Process,
}

impl NextDashboard {
    /// `next build`, with these addresses.
    pub fn build(gateway: &str, controller: &str) -> Self {
        let folder = folder();
        copy(&example(), folder.path());
        Self::build_in(folder, gateway, controller)
    }

    /// An app with nothing but a page, and a `proxy.js` that wants a login below two of its paths.
    pub fn build_faulty() -> Self {
        let folder = folder();
        std::fs::create_dir(folder.path().join("app")).unwrap();
        for (name, text) in FAULTY {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self::build_in(folder, "", "")
    }

    fn build_in(folder: TempDir, gateway: &str, controller: &str) -> Self {
        let output = Command::new("node")
            .arg(next())
            .arg("build")
            .current_dir(folder.path())
            .env("NEXT_TELEMETRY_DISABLED", "1")
            .env("GATEWAY", gateway)
            .env("CONTROLLER", controller)
            .output()
            .expect("node is missing: `cargo xtask setup --tests` installs it");
        assert!(
            output.status.success(),
            "next build failed:\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        Self {
            folder,
            gateway: gateway.to_owned(),
            controller: controller.to_owned(),
        }
    }

    /// `npm start`: its own server.
    pub fn start(&self) -> Server {
        let port = free_port();
        self.serve(port, contained("node", false).arg("server.js"))
    }

    /// One of the servers in [`FAULTY`], which leads to this address.
    pub fn start_faulty(&self, script: &str, to: &str) -> Server {
        let port = free_port();
        self.serve(port, contained("node", false).args([script, to]))
    }

    /// `npm run start:rewrites`: Next's own.
    pub fn start_with_rewrites(&self) -> Server {
        let port = free_port();
        let arguments = ["start", "--hostname", "127.0.0.1", "--port", &port.to_string()];
        self.serve(port, contained("node", false).arg(next()).args(arguments))
    }

    /// `npm run dev`: its own server.
    pub fn start_dev(&self) -> Server {
        let port = free_port();
        self.serve_as("development", port, contained("node", false).arg("server.js"))
    }

    fn serve(&self, port: u16, command: &mut Command) -> Server {
        self.serve_as("production", port, command)
    }

    fn serve_as(&self, mode: &str, port: u16, command: &mut Command) -> Server {
        let process = Process::start_with_output_kept(
            command
                .current_dir(self.folder.path())
                .env("NODE_ENV", mode)
                .env("NEXT_TELEMETRY_DISABLED", "1")
                .env("GATEWAY", &self.gateway)
                .env("CONTROLLER", &self.controller)
                .env("PORT", port.to_string()),
        );
        listening(port);
        Server {
            address: format!("127.0.0.1:{port}"),
            process,
        }
    }
}

/// Below `/forbidden` nobody is let in, and below `/asks` one is led to a login. Two of the servers leave something out that
/// upgrades need, and the third carries RFB without the subprotocol.
const FAULTY: [(&str, &str); 7] = [
    ("package.json", r#"{ "private": true, "type": "module" }"#),
    (
        "app/layout.js",
        "export default ({ children }) => <html lang=\"en\"><body>{children}</body></html>;",
    ),
    ("app/page.js", "export default () => <p>A page</p>;"),
    (
        "proxy.js",
        r#"import { NextResponse } from "next/server";
           export const config = { matcher: ["/forbidden/:path*", "/asks/:path*"] };
           export const proxy = (request) =>
             request.nextUrl.pathname.startsWith("/asks")
               ? NextResponse.redirect(new URL("/login", request.url))
               : new NextResponse("Who is there?", { status: 401 });"#,
    ),
    (
        "without-upgrades.js",
        r#"import { createServer } from "node:http";
           import next from "next";
           const port = Number(process.env.PORT);
           const app = next({ hostname: "127.0.0.1", port });
           await app.prepare();
           createServer(app.getRequestHandler()).listen(port, "127.0.0.1");"#,
    ),
    (
        "web-only.js",
        r#"import { createServer } from "node:http";
           import httpProxy from "http-proxy";
           const proxy = httpProxy.createProxyServer({ target: process.argv[2] });
           createServer((request, response) => proxy.web(request, response)).listen(process.env.PORT, "127.0.0.1");"#,
    ),
    (
        "without-subprotocol.js",
        r#"import { connect } from "node:net";
           import ws from "next/dist/compiled/ws/index.js";
           const { hostname, port } = new URL(process.argv[2]);
           const options = { host: "127.0.0.1", port: process.env.PORT, perMessageDeflate: true };
           new ws.Server({ ...options, handleProtocols: () => false }).on("connection", (socket) => {
             const desktop = connect(port, hostname);
             desktop.on("data", (bytes) => socket.send(bytes));
             desktop.on("error", () => socket.close());
             socket.on("message", (bytes) => desktop.write(bytes));
             socket.on("close", () => desktop.destroy());
           });"#,
    ),
];

impl Server {
    /// All that it has said.
    pub fn log(&self) -> String {
        self.process.stderr()
    }
}

/// The stand-in for a master-controller, with one VM, whose websockify is to be on this port.
pub fn controller(port: u16, vm_port: u16) -> Process {
    let process = Process::start_with_output_kept(
        Command::new("node")
            .arg(example().join("controller.js"))
            .env("CONTROLLER_PORT", port.to_string())
            .env("VMS", "127.0.0.1")
            .env("VM_PORT", vm_port.to_string()),
    );
    listening(port);
    process
}

/// Below the folder with the packages, where Node.js finds them.
fn folder() -> TempDir {
    TempDir::new_in(packages()).unwrap()
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/next-dashboard")
}

/// Where the set-up has put the packages of the example's lock file.
fn packages() -> PathBuf {
    let lock = std::fs::read(example().join("package-lock.json")).unwrap();
    let is_it = |folder: &PathBuf| {
        // npm writes the latter when all is there.
        std::fs::read(folder.join("package-lock.json")).is_ok_and(|of_these| of_these == lock)
            && folder.join("node_modules/.package-lock.json").is_file()
    };
    let folders = std::fs::read_dir(tools()).unwrap();
    let mut folders = folders.filter_map(Result::ok).map(|folder| folder.path());
    folders.find(is_it).expect(
        "the packages of examples/next-dashboard are missing: `cargo xtask setup --tests` installs them",
    )
}

fn next() -> PathBuf {
    packages().join("node_modules/next/dist/bin/next")
}

/// A folder with all that is in it, but for what is installed and built there, and the lock file: Next takes the folder
/// that has one for the root of all.
fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let (source, name) = entry.map(|it| (it.path(), it.file_name())).unwrap();
        if ["node_modules", ".next", "package-lock.json"]
            .iter()
            .any(|it| name == *it)
        {
            continue;
        }
        let target = to.join(name);
        if source.is_dir() {
            std::fs::create_dir(&target).unwrap();
            copy(&source, &target);
        } else {
            std::fs::copy(&source, &target).unwrap();
        }
    }
}
