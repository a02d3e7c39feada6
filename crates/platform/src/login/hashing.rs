//! Password hashing (argon2id), on a few threads of low priority, off the workers that answer requests.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use polder_wire::Secret;
use tokio::sync::oneshot;

/// How many requests may wait for a hash; more are told to come back.
const WAITING: usize = 64;

/// How much work one hash is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    memory_kib: u32,
    passes: u32,
}

impl Cost {
    /// For people's passwords: 19 MiB, two passes (the least that OWASP's Password Storage Cheat Sheet recommends
    /// for argon2id).
    pub const FULL: Self = Self { memory_kib: 19_456, passes: 2 };
    /// For tests only: it protects nothing.
    pub const CHEAP_FOR_TESTS: Self = Self { memory_kib: 8, passes: 1 };
}

/// What came of comparing a password with a stored hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// It is the one.
    pub right: bool,
    /// And was hashed at a lower cost than today's.
    pub cheaper: bool,
}

/// A password cannot be hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// Too many wait already.
    #[error("too many passwords wait to be hashed")]
    Full,
    /// The stored hash is damaged, or hashing failed.
    #[error("hashing failed: {0}")]
    Failed(argon2::password_hash::Error),
    /// The worker went away.
    #[error("hashing was broken off")]
    Gone,
}

type Job = Box<dyn FnOnce() + Send>;

/// The pool. Its threads end when the last clone is dropped.
#[derive(Debug, Clone)]
pub struct Hashing {
    argon2: Argon2<'static>,
    queue: SyncSender<Job>,
    /// The hash of nobody's password: who does not exist costs as much work as who does.
    nobody: Arc<str>,
}

impl Hashing {
    /// Starts with a worker for each of the machine's cores but one, at least one.
    pub fn start(cost: Cost) -> Self {
        let params = Params::new(cost.memory_kib, cost.passes, 1, None)
            .unwrap_or_else(|_| unreachable!("both costs are within argon2's limits"));
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let nobody = argon2
            .hash_password(b"nobody")
            .unwrap_or_else(|_| unreachable!("a short password with proper parameters hashes"))
            .to_string();
        let (queue, jobs) = sync_channel(WAITING);
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..workers(cores) {
            let jobs = Arc::clone(&jobs);
            std::thread::spawn(move || work(&jobs));
        }
        Self { argon2, queue, nobody: nobody.into() }
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// [`HashingError::Full`] when too many wait.
    pub async fn hash(&self, password: Secret) -> Result<String, HashingError> {
        let argon2 = self.argon2.clone();
        self.run(move || argon2.hash_password(password.expose().as_bytes()).map(|hash| hash.to_string()))
            .await?
            .map_err(HashingError::Failed)
    }

    /// Whether a password is the one that was hashed. Without a hash the work is the same and the answer no.
    /// A hash that was made at a lower cost than today's is told of, so that it can be made anew.
    ///
    /// # Errors
    /// [`HashingError::Full`] when too many wait.
    pub async fn verify(&self, password: Secret, stored: Option<String>) -> Result<Verified, HashingError> {
        let (argon2, nobody, known) = (self.argon2.clone(), Arc::clone(&self.nobody), stored.is_some());
        let verified = self
            .run(move || {
                let stored = stored.as_deref().unwrap_or(&nobody);
                let stored = PasswordHash::new(stored)?;
                argon2.verify_password(password.expose().as_bytes(), &stored)?;
                let (was, is) = (Params::try_from(&stored)?, argon2.params());
                Ok(was.m_cost() < is.m_cost() || was.t_cost() < is.t_cost())
            })
            .await?;
        match verified {
            Ok(cheaper) => Ok(Verified { right: known, cheaper: known && cheaper }),
            Err(argon2::password_hash::Error::PasswordInvalid) => {
                Ok(Verified { right: false, cheaper: false })
            }
            Err(error) => Err(HashingError::Failed(error)),
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashingError> {
        let (done, answer) = oneshot::channel();
        let job: Job = Box::new(move || {
            // Nobody waits any more: the work is not worth doing.
            if !done.is_closed() {
                // And if they left meanwhile, the answer is not wanted.
                let _ = done.send(work());
            }
        });
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => HashingError::Full,
            TrySendError::Disconnected(_) => HashingError::Gone,
        })?;
        answer.await.map_err(|_| HashingError::Gone)
    }
}

/// All cores but one, which is left to requests; at low priority, so that requests get the others as well.
fn workers(cores: usize) -> usize {
    cores.saturating_sub(1).max(1)
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    // On Linux this is the priority of this thread alone. Where it cannot be lowered, hashing just competes.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, 10);
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_nobody_is_never_right() {
        let hashing = Hashing::start(Cost::CHEAP_FOR_TESTS);
        let stored = hashing.hash(Secret::new("right")).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
        let verified = hashing.verify(Secret::new("right"), Some(stored.clone())).await.unwrap();
        assert_eq!(verified, Verified { right: true, cheaper: false });
        assert!(!hashing.verify(Secret::new("wrong"), Some(stored)).await.unwrap().right);
        assert!(!hashing.verify(Secret::new("nobody"), None).await.unwrap().right);
    }

    #[tokio::test]
    async fn when_too_many_wait_the_next_is_told_to_come_back() {
        let hashing = Hashing::start(Cost::CHEAP_FOR_TESTS);
        // Jobs wait until `release` is dropped.
        let (release, hold) = std::sync::mpsc::channel::<()>();
        let hold = Arc::new(Mutex::new(hold));
        let wait = || {
            let hold = Arc::clone(&hold);
            Box::new(move || assert!(hold.lock().unwrap().recv().is_err()))
        };
        // Until each thread took one and the queue is full behind them.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut taken = 0;
        while taken < WAITING + workers(cores) {
            match hashing.queue.try_send(wait()) {
                Ok(()) => taken += 1,
                Err(_) => std::thread::yield_now(),
            }
        }
        let refused = hashing.verify(Secret::new("x"), None).await;
        assert!(matches!(refused, Err(HashingError::Full)), "{refused:?}");
        drop(release);
        while matches!(hashing.verify(Secret::new("x"), None).await, Err(HashingError::Full)) {
            tokio::task::yield_now().await;
        }
        assert!(!hashing.verify(Secret::new("x"), None).await.unwrap().right);
    }
}
