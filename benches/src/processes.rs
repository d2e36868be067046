//! What a browser's processes take, all of them together.

use std::collections::HashMap;
use std::fs;

/// Ticks of the system's clock for a process's time, in a second: the same on every Linux.
const TICKS: f64 = 100.0;

/// A process and all that descend from it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Family(pub(crate) u32);

/// What each process of a family had run on a processor, in ticks, when it was looked at.
#[derive(Debug)]
pub(crate) struct Times {
    family: Family,
    ticks: HashMap<u32, u64>,
}

impl Times {
    /// How many seconds they have run since then, all added up. What ends meanwhile is not counted: a browser ends the
    /// processes of pages that have gone.
    pub(crate) fn since(&self) -> f64 {
        let ticks: u64 = self
            .family
            .times()
            .ticks
            .iter()
            .map(|(process, now)| now.saturating_sub(self.ticks.get(process).copied().unwrap_or(0)))
            .sum();
        ticks as f64 / TICKS
    }
}

impl Family {
    /// What they have run on a processor until now.
    pub(crate) fn times(self) -> Times {
        let of = |process: u32| ticks(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?);
        let members = self.members().into_iter();
        Times {
            family: self,
            ticks: members
                .filter_map(|process| Some((process, of(process)?)))
                .collect(),
        }
    }

    /// The bytes of memory that are theirs: what several share is divided between them.
    pub(crate) fn memory(self) -> u64 {
        self.members()
            .into_iter()
            .filter_map(|process| {
                proportional(&fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?)
            })
            .sum()
    }

    fn members(self) -> Vec<u32> {
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        let processes = fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
        for process in processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok()) {
            let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
            if let Some(parent) = fields(&stat).nth(1).and_then(|parent| parent.parse().ok()) {
                children.entry(parent).or_default().push(process);
            }
        }
        let mut members = vec![self.0];
        let mut at = 0;
        while let Some(member) = members.get(at) {
            members.extend(children.remove(member).unwrap_or_default());
            at += 1;
        }
        members
    }
}

/// What stands behind the name, which may have anything in it.
fn fields(stat: &str) -> impl Iterator<Item = &str> {
    stat.rsplit(')').next().unwrap_or_default().split_whitespace()
}

/// Time in the program and in the system.
fn ticks(stat: &str) -> Option<u64> {
    let mut times = fields(stat).skip(11);
    let mut next = || times.next()?.parse::<u64>().ok();
    Some(next()? + next()?)
}

fn proportional(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find(|line| line.starts_with("Pss:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::{Family, proportional, ticks};

    #[test]
    fn times_are_found_behind_any_name() {
        let stat = "12 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 700 80 0 0 20 0";
        assert_eq!(ticks(stat), Some(780));
    }

    #[test]
    fn a_process_that_is_new_counts_as_a_whole_and_one_that_has_gone_not_at_all() {
        let family = Family(std::process::id());
        let mut before = family.times();
        before.ticks.clear();
        before.ticks.insert(0, 1_000_000);
        let lately = family.times().since();
        let so_far = before.since();
        assert!((lately..1_000.0).contains(&so_far), "{lately} of {so_far}");
    }

    #[test]
    fn memory_is_the_proportional_part() {
        assert_eq!(
            proportional("Rss: 9 kB\nPss:   3 kB\nPss_Dirty: 1 kB\n"),
            Some(3072)
        );
    }

    #[test]
    fn a_family_has_itself_in_it() {
        let own = Family(std::process::id());
        assert!(own.members().contains(&std::process::id()));
        assert!(own.memory() > 0);
    }
}
