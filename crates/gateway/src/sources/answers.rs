//! What a controller has answered: it holds for a while, and is asked for by one at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderValue;

use super::Absent;
use crate::session::Session;

/// Who asks for which session.
pub(super) type Key = (String, Vec<HeaderValue>);

type Found = Result<Session, Absent>;

/// An answer, when it was asked for, and when it came.
#[derive(Debug)]
struct Answer {
    asked: Instant,
    came: Instant,
    found: Found,
}

/// The last answer to a question. While it is asked, others wait for the same answer.
type Question = Arc<tokio::sync::Mutex<Option<Answer>>>;

#[derive(Debug)]
struct Entry {
    question: Question,
    used: Instant,
    /// What was asked for before that holds no longer.
    not_before: Instant,
}

/// How many questions are remembered.
const MOST: usize = 10_000;

#[derive(Debug)]
pub(super) struct Answers {
    /// How long one holds.
    holds: Duration,
    entries: Mutex<HashMap<Key, Entry>>,
}

impl Answers {
    pub(super) fn new(holds: Duration) -> Self {
        Self {
            holds,
            entries: Mutex::default(),
        }
    }

    /// An answer that holds, or the one that this gets.
    pub(super) async fn get(&self, key: Key, ask: impl Future<Output = Found>) -> Found {
        let since = Instant::now();
        let (question, not_before) = self.question(key);
        let mut last = question.lock().await;
        let known = last.as_ref().filter(|it| it.asked >= not_before);
        if let Some(answer) = known.filter(|it| since < it.came || self.holds(it)) {
            return answer.found.clone();
        }
        let asked = Instant::now();
        let found = ask.await;
        *last = Some(Answer {
            asked,
            came: Instant::now(),
            found: found.clone(),
        });
        found
    }

    /// Whether an answer is also for those who have not waited for it. That nobody could say is nothing to be held against a
    /// session.
    fn holds(&self, answer: &Answer) -> bool {
        !matches!(answer.found, Err(Absent::Failed(_))) && answer.came.elapsed() < self.holds
    }

    fn question(&self, key: Key) -> (Question, Instant) {
        let now = Instant::now();
        let mut entries = self.entries();
        if !entries.contains_key(&key) {
            entries.retain(|_, it| Arc::strong_count(&it.question) > 1 || it.used.elapsed() < self.holds);
            if entries.len() >= MOST {
                return (Question::default(), now);
            }
        }
        let entry = entries.entry(key).or_insert_with(|| Entry {
            question: Question::default(),
            used: now,
            not_before: now,
        });
        entry.used = now;
        (Arc::clone(&entry.question), entry.not_before)
    }

    /// Has whoever comes from now on get no answer about a session that was asked for before.
    pub(super) fn forget(&self, id: &str) {
        let now = Instant::now();
        for ((of, _), entry) in self.entries().iter_mut() {
            if of == id {
                entry.not_before = now;
            }
        }
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<Key, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use futures_util::future::{join, join_all};
    use tokio::task::yield_now;

    use super::*;
    use crate::session::Target;

    /// Answers, and how often somebody was asked for one.
    struct Asked {
        answers: Answers,
        times: AtomicUsize,
    }

    impl Asked {
        fn new(holds: Duration) -> Self {
            Self {
                answers: Answers::new(holds),
                times: AtomicUsize::new(0),
            }
        }

        /// Asks, of whoever takes a moment to answer this.
        async fn get(&self, id: &str, found: Found) {
            let ask = async {
                self.times.fetch_add(1, Relaxed);
                yield_now().await;
                found.clone()
            };
            assert_eq!(self.answers.get((id.to_owned(), Vec::new()), ask).await, found);
        }

        fn times(&self) -> usize {
            self.times.load(Relaxed)
        }
    }

    fn ready() -> Found {
        Ok(Session::ready("a", Target::Demo))
    }

    const HOUR: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn all_who_ask_the_same_at_a_time_get_one_answer() {
        for found in [ready(), Err(Absent::Failed("why".into()))] {
            let asked = Asked::new(Duration::ZERO);
            join_all((0..100).map(|_| asked.get("a", found.clone()))).await;
            assert_eq!(asked.times(), 1);
            // It holds for nobody who comes later.
            asked.get("a", found).await;
            assert_eq!(asked.times(), 2);
        }
    }

    #[tokio::test]
    async fn an_answer_holds_for_a_while_unless_nobody_could_say() {
        let asked = Asked::new(HOUR);
        for _ in 0..3 {
            asked.get("a", ready()).await;
            asked.get("b", Err(Absent::Unknown)).await;
        }
        assert_eq!(asked.times(), 2);
        for times in 3..6 {
            asked.get("c", Err(Absent::Failed("why".into()))).await;
            assert_eq!(asked.times(), times);
        }
    }

    #[tokio::test]
    async fn what_is_forgotten_is_asked_for_again_and_by_all_together() {
        let asked = Asked::new(HOUR);
        asked.get("a", ready()).await;
        asked.get("b", ready()).await;
        let anew = async {
            asked.answers.forget("a");
            asked.get("a", ready()).await;
        };
        anew.await;
        asked.get("b", ready()).await;
        assert_eq!(asked.times(), 3);
        // One that is under way has been asked for before, and all others share the next.
        let late = join_all((0..100).map(|_| async {
            asked.answers.forget("c");
            asked.get("c", ready()).await;
        }));
        join(asked.get("c", ready()), late).await;
        assert_eq!(asked.times(), 5);
    }
}
