use zeroize::Zeroizing;

use super::keys::PlatformKeys;
use super::seal::{DomainKeys, Place, SealError};
use crate::Random;

/// A column whose values are sealed. A sealed value opens only in the column, row and domain that it was
/// sealed for.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    table: &'static str,
    column: &'static str,
}

/// What is sealed here is no text: the database was altered, or the wrong column was read.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It does not open.
    #[error("{column} does not open: {source}")]
    Closed {
        /// Table and column.
        column: &'static str,
        /// Why.
        source: SealError,
    },
    /// It opens to something else than text.
    #[error("{column} does not hold text")]
    NotText {
        /// Table and column.
        column: &'static str,
    },
}

impl Column {
    /// Names a column of a table.
    pub const fn new(table: &'static str, column: &'static str) -> Self {
        Self { table, column }
    }

    /// Seals a value of the row with this id.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn seal(
        self,
        keys: &DomainKeys,
        row: &str,
        plain: &[u8],
        random: Random,
    ) -> Result<Vec<u8>, SealError> {
        keys.seal(&self.place(row), plain, random)
    }

    /// Opens what [`Column::seal`] made for the same row and domain.
    ///
    /// # Errors
    /// When it was altered, moved, or sealed with another key.
    pub fn open(self, keys: &DomainKeys, row: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        keys.open(&self.place(row), sealed)
            .map_err(|source| OpenError::Closed { column: self.column, source })
    }

    /// As [`Column::open`], for text.
    ///
    /// # Errors
    /// As [`Column::open`]; and when it is no UTF-8.
    pub fn open_text(self, keys: &DomainKeys, row: &str, sealed: &[u8]) -> Result<String, OpenError> {
        let plain = self.open(keys, row, sealed)?;
        let text = std::str::from_utf8(&plain).map_err(|_| OpenError::NotText { column: self.column })?;
        Ok(text.to_owned())
    }

    /// As [`Column::seal`], for a row of no domain.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn seal_for_platform(
        self,
        keys: &PlatformKeys,
        row: &str,
        plain: &[u8],
        random: Random,
    ) -> Result<Vec<u8>, SealError> {
        keys.seal(&self.place(row), plain, random)
    }

    fn place<'a>(&self, row: &'a str) -> Place<'a> {
        Place { table: self.table, column: self.column, row }
    }
}

/// Sixteen random bytes, for an id.
pub(crate) fn random_id<T>(random: Random, make: fn([u8; 16]) -> T) -> Result<T, NoRandomness> {
    let mut bytes = [0; 16];
    random.fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(make(bytes))
}

/// The system gives no randomness.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no randomness")]
pub struct NoRandomness;
