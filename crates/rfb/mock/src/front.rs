//! A port of 127.0.0.1 with a mock behind it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::config::Config;
use crate::record::Record;
use crate::server::Server;

/// A mock that listens. Its threads end with the process.
#[derive(Debug)]
pub struct Front {
    port: u16,
    records: Arc<Mutex<Vec<Record>>>,
}

impl Front {
    /// Every connection has a mock of its own, all of them like this.
    pub fn start(config: Config) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port of 127.0.0.1");
        let port = listener.local_addr().expect("its number").port();
        let records = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::clone(&records);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (config, records) = (config.clone(), Arc::clone(&written));
                let number = {
                    let mut records = records.lock().unwrap();
                    records.push(Record::default());
                    records.len() - 1
                };
                // An end in the middle is the client's business.
                thread::spawn(move || drop(serve(stream, config, &records, number)));
            }
        });
        Self { port, records }
    }

    /// Where it listens.
    pub fn target(&self) -> String {
        format!("tcp://127.0.0.1:{}", self.port)
    }

    /// What the clients did, in the order in which they came.
    pub fn records(&self) -> Vec<Record> {
        self.records.lock().unwrap().clone()
    }
}

fn serve(
    mut stream: TcpStream,
    config: Config,
    records: &Mutex<Vec<Record>>,
    number: usize,
) -> std::io::Result<()> {
    let mut server = Server::new(config);
    let mut buffer = [0; 65_536];
    loop {
        // Whoever has the answer finds in the record what it answers.
        records.lock().unwrap()[number] = server.record();
        stream.write_all(&server.poll_transmit())?;
        if server.is_over() {
            stream.shutdown(Shutdown::Write)?;
            std::io::copy(&mut stream, &mut std::io::sink())?;
            return Ok(());
        }
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        server.handle_input(&buffer[..count]);
    }
}
