use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::{Keychain, KeychainError, MAX_ITEM, MemoryKeychain, SystemKeychain};
use crate::deployment::Deployment;

/// How long a call may take: long enough for a person to type a keychain's password, short enough not to
/// look broken.
pub const LIMIT: Duration = Duration::from_secs(10);

/// A keychain that does not block the caller. Cheap to clone; all clones share one thread, so that calls
/// take effect in the order in which they were made.
#[derive(Clone)]
pub struct Vault {
    jobs: Result<mpsc::Sender<Job>, NoThread>,
    line: Arc<Line>,
    limit: Duration,
}

#[derive(Clone, Copy)]
struct NoThread;

/// What stands in line before the thread.
#[derive(Default)]
struct Line {
    waiting: AtomicUsize,
    timed_out: AtomicBool,
}

enum Job {
    Load(oneshot::Sender<Result<Option<Zeroizing<Vec<u8>>>, KeychainError>>),
    Save(Zeroizing<Vec<u8>>, oneshot::Sender<Result<(), KeychainError>>),
    Delete(oneshot::Sender<Result<(), KeychainError>>),
}

impl Vault {
    /// The operating system's keychain, with one item for this deployment. What is known of it lies in `folder`, the
    /// deployment's own among the person's data.
    pub fn system(deployment: &Deployment, folder: &Path) -> Self {
        Self::new(SystemKeychain::of(deployment, folder), LIMIT)
    }

    /// The same keychain, with the one item for the password of this deployment's proxy. It has a thread of its
    /// own: a dialog about one item does not hold up the other.
    pub fn system_proxy(deployment: &Deployment, folder: &Path) -> Self {
        Self::new(SystemKeychain::of_proxy(deployment, folder), LIMIT)
    }

    /// A vault that forgets with the process.
    pub fn memory() -> Self {
        Self::new(MemoryKeychain::default(), LIMIT)
    }

    /// A vault over another keychain, with another limit.
    pub fn new(mut keychain: impl Keychain, limit: Duration) -> Self {
        let (jobs, queue) = mpsc::channel::<Job>();
        let line = Arc::new(Line::default());
        let done = Arc::clone(&line);
        // Not a task of the runtime: a call that hangs for ever must not keep the program from ending.
        let thread = std::thread::Builder::new().name("keychain".to_owned()).spawn(move || {
            for job in queue {
                job.run(&mut keychain);
                done.timed_out.store(false, Ordering::SeqCst);
                done.waiting.fetch_sub(1, Ordering::SeqCst);
            }
        });
        Self { jobs: thread.map(|_| jobs).map_err(|_| NoThread), line, limit }
    }

    /// The item; `None` only when the keychain is open and has none.
    ///
    /// # Errors
    /// See [`KeychainError`].
    pub async fn load(&self) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        self.unless_stuck()?;
        self.ask(Job::Load).await
    }

    /// Keeps the item in place of any before.
    ///
    /// # Errors
    /// See [`KeychainError`]; also when the item is larger than [`MAX_ITEM`].
    pub async fn save(&self, item: Zeroizing<Vec<u8>>) -> Result<(), KeychainError> {
        if item.len() > MAX_ITEM {
            return Err(KeychainError::Failed(None));
        }
        self.unless_stuck()?;
        self.ask(|answer| Job::Save(item, answer)).await
    }

    /// Makes the item go away. Once asked it is done, even if the keychain answers after the time limit or
    /// the caller goes away.
    ///
    /// # Errors
    /// See [`KeychainError`].
    pub async fn delete(&self) -> Result<(), KeychainError> {
        self.ask(Job::Delete).await
    }

    /// Nothing is gained by waiting ten more seconds behind a call that has hung for ten already.
    fn unless_stuck(&self) -> Result<(), KeychainError> {
        let stuck =
            self.line.timed_out.load(Ordering::SeqCst) && self.line.waiting.load(Ordering::SeqCst) > 0;
        if stuck { Err(KeychainError::TimedOut) } else { Ok(()) }
    }

    async fn ask<T>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, KeychainError>>) -> Job,
    ) -> Result<T, KeychainError> {
        let Ok(jobs) = &self.jobs else { return Err(KeychainError::Failed(None)) };
        let (answer, answered) = oneshot::channel();
        self.line.waiting.fetch_add(1, Ordering::SeqCst);
        jobs.send(job(answer)).map_err(|_| KeychainError::Failed(None))?;
        match tokio::time::timeout(self.limit, answered).await {
            Ok(Ok(result)) => result,
            // The thread ended in the midst of it: the store panicked.
            Ok(Err(_)) => Err(KeychainError::Failed(None)),
            Err(_) => {
                self.line.timed_out.store(true, Ordering::SeqCst);
                Err(KeychainError::TimedOut)
            }
        }
    }
}

impl Job {
    /// What nobody waits for any more is left out, but for deleting. Nobody may listen to the answer, which
    /// is no error.
    fn run(self, keychain: &mut impl Keychain) {
        match self {
            Self::Load(answer) if answer.is_closed() => {}
            Self::Save(_, answer) if answer.is_closed() => {}
            Self::Load(answer) => drop(answer.send(keychain.load())),
            Self::Save(item, answer) => drop(answer.send(keychain.save(&item))),
            Self::Delete(answer) => drop(answer.send(keychain.delete())),
        }
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Each call waits for its go-ahead, as a dialog does; what was done is written down.
    struct Slow {
        go: mpsc::Receiver<()>,
        done: Arc<Mutex<Vec<&'static str>>>,
        inner: MemoryKeychain,
    }

    impl Keychain for Slow {
        fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
            self.wait("load");
            self.inner.load()
        }
        fn save(&mut self, item: &[u8]) -> Result<(), KeychainError> {
            self.wait("save");
            self.inner.save(item)
        }
        fn delete(&mut self) -> Result<(), KeychainError> {
            self.wait("delete");
            self.inner.delete()
        }
    }

    impl Slow {
        fn wait(&self, what: &'static str) {
            self.go.recv().unwrap();
            self.done.lock().unwrap().push(what);
        }
    }

    struct Dialog {
        vault: Vault,
        go: mpsc::Sender<()>,
        done: Arc<Mutex<Vec<&'static str>>>,
    }

    fn dialog(limit: Duration) -> Dialog {
        let (go, wait) = mpsc::channel();
        let done = Arc::<Mutex<Vec<_>>>::default();
        let inner = MemoryKeychain::default();
        let vault = Vault::new(Slow { go: wait, done: Arc::clone(&done), inner }, limit);
        Dialog { vault, go, done }
    }

    fn item() -> Zeroizing<Vec<u8>> {
        Zeroizing::new(vec![1])
    }

    const SHORT: Duration = Duration::from_millis(300);

    #[tokio::test]
    async fn a_keychain_that_waits_for_a_person_is_given_up_on() {
        let Dialog { vault, go, .. } = dialog(SHORT);
        assert!(matches!(vault.load().await, Err(KeychainError::TimedOut)));
        // While it hangs, nobody else waits.
        assert!(matches!(vault.save(item()).await, Err(KeychainError::TimedOut)));
        assert_eq!(vault.line.waiting.load(Ordering::SeqCst), 1, "the second call did not even queue");
        // Once the person answered, it serves again.
        go.send(()).unwrap();
        while vault.unless_stuck().is_err() {
            tokio::task::yield_now().await;
        }
        go.send(()).unwrap();
        assert_eq!(vault.load().await.unwrap(), None);
    }

    #[tokio::test]
    async fn deleting_is_done_even_after_the_caller_gave_up_and_saving_is_not_begun() {
        let Dialog { vault, go, done } = dialog(SHORT);
        let (saved, queued, deleted) =
            tokio::join!(biased; vault.save(item()), vault.save(item()), vault.delete());
        assert!(matches!(saved, Err(KeychainError::TimedOut)));
        assert!(matches!(queued, Err(KeychainError::TimedOut)));
        assert!(matches!(deleted, Err(KeychainError::TimedOut)));
        for _ in 0..3 {
            go.send(()).unwrap();
        }
        while vault.unless_stuck().is_err() {
            tokio::task::yield_now().await;
        }
        assert_eq!(vault.load().await.unwrap(), None, "the late save is undone by the delete behind it");
        assert_eq!(*done.lock().unwrap(), ["save", "delete", "load"]);
    }

    #[tokio::test]
    async fn an_item_that_windows_would_not_take_is_refused_everywhere() {
        let vault = Vault::memory();
        vault.save(Zeroizing::new(vec![0; MAX_ITEM])).await.unwrap();
        let larger = Zeroizing::new(vec![0; MAX_ITEM + 1]);
        assert!(matches!(vault.save(larger).await, Err(KeychainError::Failed(None))));
        assert_eq!(vault.load().await.unwrap().unwrap().len(), MAX_ITEM);
    }

    struct Panics;

    impl Keychain for Panics {
        fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
            panic!("a store that panics")
        }
        fn save(&mut self, _: &[u8]) -> Result<(), KeychainError> {
            Ok(())
        }
        fn delete(&mut self) -> Result<(), KeychainError> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_store_that_panics_is_a_failure_and_no_panic() {
        let vault = Vault::new(Panics, LIMIT);
        assert!(matches!(vault.load().await, Err(KeychainError::Failed(None))));
        assert!(matches!(vault.save(item()).await, Err(KeychainError::Failed(None))));
    }
}
