//! SQL on two engines: SQLite inside the data folder, PostgreSQL by URL.
//!
//! Ids are text, times integers, sealed columns blobs; `$1` works on both. Reading goes to [`Store::pool`];
//! all writing goes through [`Store::write`]. Races are settled by single conditional statements, so nothing
//! relies on more isolation than PostgreSQL's default.

pub mod blobs;
pub mod folder;
pub mod keys;
pub mod seal;

mod migrations;
mod sealed;

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::any::{AnyPoolOptions, AnyRow};
use sqlx::{Any, AnyConnection, AnyPool, Row, Transaction};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

pub(crate) use sealed::random_id;
pub use sealed::{Column, NoRandomness, OpenError};

/// Which database this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Inside the data folder.
    Sqlite,
    /// By URL.
    Postgres,
}

/// The database failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL is of no engine that Polder knows.
    #[error("the URL must start with sqlite: or postgres:")]
    UnknownEngine,
    /// The database answered an error or could not be reached.
    #[error("the database failed: {0}")]
    Sql(#[from] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error("the tables could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    pool: AnyPool,
    engine: Engine,
    /// SQLite has one writer at a time; waiting here is fair, waiting in its busy handler is not.
    turn: Option<Arc<Semaphore>>,
}

impl Store {
    /// Connects and brings the tables up to date.
    ///
    /// # Errors
    /// When the database cannot be reached or is newer than this program.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_with(url, migrations::STEPS).await
    }

    /// As [`Store::open`], for a database with other tables.
    pub(crate) async fn open_with(url: &str, steps: &'static [migrations::Step]) -> Result<Self, StoreError> {
        let engine = match url.split(':').next() {
            Some("sqlite") => Engine::Sqlite,
            Some("postgres" | "postgresql") => Engine::Postgres,
            _ => return Err(StoreError::UnknownEngine),
        };
        sqlx::any::install_default_drivers();
        let pool = AnyPoolOptions::new()
            .max_connections(10)
            .acquire_timeout(Duration::from_secs(10))
            .after_connect(move |connection, _| Box::pin(set_up(connection, engine)))
            .connect(url)
            .await?;
        migrations::run(&pool, engine, steps).await?;
        let turn = (engine == Engine::Sqlite).then(|| Arc::new(Semaphore::new(1)));
        Ok(Self { pool, engine, turn })
    }

    /// For reading, outside any transaction.
    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Begins a transaction that writes. Dropped without [`Write::commit`], it leaves nothing behind.
    ///
    /// On SQLite it takes the write lock at once (`BEGIN IMMEDIATE`): a transaction that reads first and
    /// writes later could fail half-way, because another wrote in between.
    ///
    /// # Errors
    /// When the database cannot be reached or stays busy.
    pub async fn write(&self) -> Result<Write, StoreError> {
        // The semaphore is never closed.
        let turn = match &self.turn {
            Some(turn) => Arc::clone(turn).acquire_owned().await.ok(),
            None => None,
        };
        let begin = match self.engine {
            Engine::Sqlite => "BEGIN IMMEDIATE",
            Engine::Postgres => "BEGIN",
        };
        Ok(Write { transaction: self.pool.begin_with(begin).await?, bell: None, _turn: turn })
    }

    /// Waits for running statements and closes every connection.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// A writing transaction.
pub struct Write {
    // Dropped before the turn is given back.
    transaction: Transaction<'static, Any>,
    bell: Option<Arc<Notify>>,
    _turn: Option<OwnedSemaphorePermit>,
}

impl Write {
    /// For the statements of this transaction.
    pub fn on(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }

    /// Wakes somebody once this transaction lasts, so that they find what it wrote.
    pub(crate) fn then_wake(&mut self, bell: &Arc<Notify>) {
        self.bell = Some(Arc::clone(bell));
    }

    /// Makes it last.
    ///
    /// # Errors
    /// When the database fails; then nothing was written.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.transaction.commit().await?;
        if let Some(bell) = self.bell {
            bell.notify_one();
        }
        Ok(())
    }
}

/// A column of text that stands for an id.
pub(crate) fn parsed<T>(row: &AnyRow, column: &str) -> Result<T, sqlx::Error>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    row.try_get::<String, _>(column)?
        .parse()
        .map_err(|error| sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(error) })
}

async fn set_up(connection: &mut AnyConnection, engine: Engine) -> Result<(), sqlx::Error> {
    if engine == Engine::Sqlite {
        // First the patience, so that another process that is just setting the journal does not fail this
        // one. Deleted rows are overwritten: sealed or not, what is gone should be gone.
        for pragma in [
            "PRAGMA busy_timeout = 10000",
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "PRAGMA foreign_keys = ON",
            "PRAGMA secure_delete = ON",
            "PRAGMA trusted_schema = OFF",
        ] {
            sqlx::raw_sql(pragma).execute(&mut *connection).await?;
        }
    }
    Ok(())
}
