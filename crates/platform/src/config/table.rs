use std::path::Path;

use super::{ConfigError, Wrong};

/// One section of the file, from which keys are taken until none is left.
pub(super) struct Table<'a> {
    file: &'a Path,
    /// With the point at its end, or empty at the top.
    section: String,
    left: toml::Table,
}

impl<'a> Table<'a> {
    pub(super) fn new(file: &'a Path, table: toml::Table) -> Self {
        Self { file, section: String::new(), left: table }
    }

    /// The text under a key that must be there.
    pub(super) fn text(&mut self, key: &str) -> Result<String, ConfigError> {
        self.value(key, |text| Ok(text.to_owned()))
    }

    /// What the text under a key that must be there stands for.
    pub(super) fn value<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Result<T, ConfigError> {
        self.optional(key, parse)?.ok_or_else(|| self.wrong(key, Wrong::Missing))
    }

    /// As [`Table::value`] for a key that may be missing.
    pub(super) fn value_or<T>(
        &mut self,
        key: &str,
        default: impl FnOnce() -> T,
        parse: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Result<T, ConfigError> {
        Ok(self.optional(key, parse)?.unwrap_or_else(default))
    }

    /// A number of things, at least one.
    pub(super) fn number_or(&mut self, key: &str, default: usize) -> Result<usize, ConfigError> {
        match self.left.remove(key) {
            None => Ok(default),
            Some(toml::Value::Integer(number @ 1..=1_000_000)) => {
                usize::try_from(number).map_err(|_| self.wrong(key, Wrong::NotNumber))
            }
            Some(_) => Err(self.wrong(key, Wrong::NotNumber)),
        }
    }

    /// A section that must be there.
    pub(super) fn section(&mut self, key: &str) -> Result<Self, ConfigError> {
        self.optional_section(key)?.ok_or_else(|| self.wrong(key, Wrong::Missing))
    }

    /// A section whose keys all have defaults.
    pub(super) fn section_or_empty(&mut self, key: &str) -> Result<Self, ConfigError> {
        let empty =
            Self { file: self.file, section: format!("{}{key}.", self.section), left: toml::Table::new() };
        Ok(self.optional_section(key)?.unwrap_or(empty))
    }

    /// Nothing may be left: a key that nobody reads is a typing error.
    pub(super) fn end(self) -> Result<(), ConfigError> {
        match self.left.keys().next() {
            Some(key) => Err(self.wrong(key, Wrong::Unknown)),
            None => Ok(()),
        }
    }

    /// As [`Table::value`], or nothing.
    pub(super) fn optional<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Result<Option<T>, ConfigError> {
        match self.left.remove(key) {
            None => Ok(None),
            Some(toml::Value::String(text)) => parse(&text).map(Some).map_err(|wrong| self.wrong(key, wrong)),
            Some(_) => Err(self.wrong(key, Wrong::NotText)),
        }
    }

    /// A section, or nothing.
    pub(super) fn optional_section(&mut self, key: &str) -> Result<Option<Self>, ConfigError> {
        match self.left.remove(key) {
            None => Ok(None),
            Some(toml::Value::Table(left)) => {
                Ok(Some(Self { file: self.file, section: format!("{}{key}.", self.section), left }))
            }
            Some(_) => Err(self.wrong(key, Wrong::NotSection)),
        }
    }

    /// The error that names a key.
    pub(super) fn wrong(&self, key: &str, wrong: Wrong) -> ConfigError {
        ConfigError::Key { file: self.file.to_owned(), key: format!("{}{key}", self.section), wrong }
    }
}
