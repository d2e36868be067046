//! Prints how fast each encoding is decoded, natively and in wasm, as a Markdown table:
//! `porthole-rfb-bench MODULE SCRIPT [WORD…]`, where of the cases only those are measured whose names have all words.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark, whose figures are its output"
)]

#[cfg(target_family = "wasm")]
fn main() {}

#[cfg(not(target_family = "wasm"))]
fn main() -> anyhow::Result<()> {
    native::run()
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use std::io::{BufRead, BufReader, Write};
    use std::path::PathBuf;
    use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
    use std::time::{Duration, Instant};

    use anyhow::{Context, Result, ensure};
    use porthole_rfb_bench::cases::{self, Case};
    use porthole_rfb_bench::receiver::{HEIGHT, Receiver, WIDTH, copy};

    /// Each side is measured so often, turn by turn, for so long; the least of all is what counts: on a busy machine
    /// other work only ever adds to it.
    const TURNS: usize = 8;
    const TURN: Duration = Duration::from_millis(60);

    pub(crate) fn run() -> Result<()> {
        let mut arguments = std::env::args().skip(1);
        let module = arguments.next().context("the wasm module is not named")?;
        let script = arguments.next().context("the script is not named")?;
        let words: Vec<String> = arguments.collect();
        let mut node = Node::start(&module, &script)?;

        println!("| Screen | Encoding | KB | native, MP/s | wasm, MP/s | native/wasm |");
        println!("|---|---|--:|--:|--:|--:|");
        let mut ratios = Vec::new();
        for (name, pixels) in cases::pictures() {
            for case in cases::of(name, &pixels) {
                let title = format!("{} | {}{}", case.picture, case.encoding, case.part);
                if !words.iter().all(|word| title.contains(word.as_str())) {
                    continue;
                }
                let [native, wasm] = measure(&case, &pixels.concat(), &mut node)
                    .with_context(|| format!("cannot measure {title}"))?;
                print_row(&title, case.wire.len(), native, wasm);
                ratios.push(wasm / native);
            }
        }
        let (from, mut to) = (vec![1; WIDTH * HEIGHT * 4], vec![2; WIDTH * HEIGHT * 4]);
        node.ask("\"wire\"", &format!("{:?}", node.file))?;
        let [native, wasm] = turns(|| copy(&from, &mut to), &mut node, "copy_screen")?;
        print_row("any | memcpy", from.len(), native, wasm);
        let mean = ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len() as f64;
        let most = ratios.iter().copied().fold(0.0, f64::max);
        println!(
            "\nnative/wasm: {:.2} in the geometric mean, {most:.2} at most.",
            mean.exp()
        );
        node.child.kill()?;
        node.child.wait()?;
        Ok(())
    }

    fn print_row(title: &str, bytes: usize, native: f64, wasm: f64) {
        let speed = |nanoseconds: f64| (WIDTH * HEIGHT) as f64 * 1000.0 / nanoseconds;
        println!(
            "| {title} | {} | {:.0} | {:.0} | {:.2} |",
            bytes / 1000,
            speed(native),
            speed(wasm),
            wasm / native,
        );
    }

    /// The nanoseconds of one update, natively and in wasm, after both have shown that they decode it right.
    fn measure(case: &Case, picture: &[u8], node: &mut Node) -> Result<[f64; 2]> {
        std::fs::write(&node.file, &case.wire)?;
        let mut receiver = Receiver::default();
        receiver.receive(&case.wire);
        if case.is_lossless() {
            let pixels = receiver.pixels().as_chunks::<4>().0.iter();
            ensure!(
                pixels
                    .zip(picture.as_chunks::<3>().0)
                    .all(|([r, g, b, _], rgb)| [*r, *g, *b] == *rgb),
                "it is lossless, but something else came out"
            );
        }
        let told = node.ask("\"wire\"", &format!("{:?}", node.file))?;
        let (mut low, mut high) = (0_u32, 0_u32);
        for pixel in receiver.pixels().as_chunks::<4>().0 {
            low = low.wrapping_add(u32::from_le_bytes(*pixel));
            high = high.wrapping_add(low);
        }
        ensure!(
            told == format!("[{low},{high}]"),
            "wasm has other pixels than native code"
        );
        turns(|| receiver.receive(&case.wire), node, "receive")
    }

    fn turns(mut native: impl FnMut(), node: &mut Node, wasm: &str) -> Result<[f64; 2]> {
        let mut best = [f64::INFINITY; 2];
        for _ in 0..TURNS {
            let end = Instant::now() + TURN;
            while Instant::now() < end {
                let start = Instant::now();
                native();
                best[0] = best[0].min(start.elapsed().as_nanos() as f64);
            }
            let told = node.ask(&format!("{wasm:?}"), &TURN.as_millis().to_string())?;
            best[1] = best[1].min(told.parse()?);
        }
        Ok(best)
    }

    /// The other side.
    struct Node {
        child: Child,
        to: ChildStdin,
        from: BufReader<ChildStdout>,
        /// By which it is handed a case's bytes.
        file: PathBuf,
    }

    impl Node {
        fn start(module: &str, script: &str) -> Result<Self> {
            let mut child = Command::new("node")
                .args([script, module])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .context("cannot run node")?;
            Ok(Self {
                to: child.stdin.take().context("node has no input")?,
                from: BufReader::new(child.stdout.take().context("node has no output")?),
                child,
                file: PathBuf::from(module).with_extension("wire"),
            })
        }

        fn ask(&mut self, command: &str, argument: &str) -> Result<String> {
            writeln!(self.to, "[{command},{argument}]")?;
            let mut answer = String::new();
            self.from.read_line(&mut answer)?;
            Ok(answer.trim().to_owned())
        }
    }
}
