//! What it is measured on.

use std::fs;

/// Processor, cores and memory.
pub(crate) fn description() -> String {
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!(
        "{}, {cores} cores, {} GB of memory, no GPU",
        model(&processor).unwrap_or("a processor without a name"),
        gigabytes(&memory).unwrap_or_default()
    )
}

/// How many programs wanted to run in the last minute.
pub(crate) fn load() -> String {
    let averages = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    averages.split_whitespace().next().unwrap_or("unknown").to_owned()
}

fn model(processor: &str) -> Option<&str> {
    let line = processor.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(": ")?.1)
}

fn gigabytes(memory: &str) -> Option<u64> {
    let line = memory.lines().find(|line| line.starts_with("MemTotal:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::{gigabytes, model};

    #[test]
    fn the_system_tells_the_processor_and_the_memory() {
        assert_eq!(model("a: b\nmodel name\t: Some CPU\n"), Some("Some CPU"));
        assert_eq!(gigabytes("MemTotal:       24000000 kB\n"), Some(24));
    }
}
