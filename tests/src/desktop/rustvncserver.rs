//! The crate rustvncserver, in this process. It would listen on every address; so it is had call back instead, once
//! for each who comes to a port on loopback.

use std::fmt;
use std::sync::{Arc, Mutex};

use ::rustvncserver::VncServer;
use ::rustvncserver::server::ServerEvent;
use tokio::io::copy_bidirectional;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::image::Image;

pub struct Rustvncserver {
    port: u16,
    size: (u16, u16),
    server: Arc<VncServer>,
    shown: Mutex<Image>,
    told: Arc<Mutex<Vec<ServerEvent>>>,
    runtime: Runtime,
}

impl Rustvncserver {
    pub fn start(size: (u16, u16), password: Option<&str>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (server, mut events) = VncServer::new(
            size.0,
            size.1,
            "rustvncserver".into(),
            password.map(str::to_owned),
        );
        let server = Arc::new(server);
        let told = Arc::new(Mutex::new(Vec::new()));
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(relay(listener, Arc::clone(&server)));
        let heard = Arc::clone(&told);
        runtime.spawn(async move {
            while let Some(event) = events.recv().await {
                heard.lock().unwrap().push(event);
            }
        });
        let server = Self {
            port,
            size,
            server,
            shown: Mutex::new(Image::painted((1, 1), 1)),
            told,
            runtime,
        };
        server.show(1);
        server
    }

    pub fn target(&self) -> String {
        format!("tcp://127.0.0.1:{}", self.port)
    }

    /// The screen as it is.
    pub fn picture(&self) -> Image {
        self.shown.lock().unwrap().clone()
    }

    /// Has the screen show this.
    pub fn show(&self, seed: u32) {
        let picture = Image::painted((self.size.0.into(), self.size.1.into()), seed);
        let pixels: Vec<u8> = picture
            .rgb
            .chunks_exact(3)
            .flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 255])
            .collect();
        self.runtime
            .block_on(self.server.framebuffer().update_from_slice(&pixels))
            .unwrap();
        *self.shown.lock().unwrap() = picture;
    }

    /// The last text that a client sent.
    pub fn pasted(&self) -> String {
        let told = self.told.lock().unwrap();
        told.iter()
            .rev()
            .find_map(|event| match event {
                ServerEvent::CutText { text, .. } => Some(text.clone()),
                _ => None,
            })
            .unwrap_or_default()
    }

    /// The keysyms that went down and up.
    pub fn keys(&self) -> Vec<(u32, bool)> {
        let told = self.told.lock().unwrap();
        told.iter()
            .filter_map(|event| match event {
                ServerEvent::KeyPress { key, down, .. } => Some((*key, *down)),
                _ => None,
            })
            .collect()
    }

    /// Where the pointer was, and with which buttons.
    pub fn pointer(&self) -> Vec<((u16, u16), u8)> {
        let told = self.told.lock().unwrap();
        told.iter()
            .filter_map(|event| match event {
                ServerEvent::PointerMove {
                    x, y, button_mask, ..
                } => Some(((*x, *y), *button_mask)),
                _ => None,
            })
            .collect()
    }
}

async fn relay(listener: TcpListener, server: Arc<VncServer>) {
    while let Ok((mut client, _)) = listener.accept().await {
        let server = Arc::clone(&server);
        tokio::spawn(async move {
            let callers = TcpListener::bind("127.0.0.1:0").await?;
            let port = callers.local_addr()?.port();
            let call = tokio::spawn(async move { server.connect_reverse("127.0.0.1".into(), port).await });
            let (mut caller, _) = callers.accept().await?;
            copy_bidirectional(&mut client, &mut caller).await?;
            // It has ended, well or not, when its client has.
            call.abort();
            std::io::Result::Ok(())
        });
    }
}

impl fmt::Debug for Rustvncserver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rustvncserver on {}", self.port)
    }
}
