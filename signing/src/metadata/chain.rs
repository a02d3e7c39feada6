use super::{Envelope, MetadataFault, Root};
use crate::keys::Role;

/// Roots that follow each other, from one that is believed to the newest: each is signed by enough of the keys
/// of the one before and of its own (TUF 1.0, section 5.3).
#[derive(Debug, Clone)]
pub struct Chain {
    roots: Vec<(Envelope, Root)>,
}

impl Chain {
    /// From a root that is believed as it is, because it lies in the reader's own hands.
    ///
    /// # Errors
    /// When it is no root, or does not hold by its own keys.
    pub fn from_trusted(bytes: &[u8]) -> Result<Self, MetadataFault> {
        let envelope = Envelope::parse(bytes)?;
        let root = Root::read(&envelope)?;
        root.holds(Role::Root, &envelope)?;
        Ok(Self { roots: vec![(envelope, root)] })
    }

    /// The same chain with one more.
    ///
    /// # Errors
    /// When its number is not the next, or too few of the old or of the new keys signed it.
    pub fn then(mut self, bytes: &[u8]) -> Result<Self, MetadataFault> {
        let envelope = Envelope::parse(bytes)?;
        let root = Root::read(&envelope)?;
        let before = self.newest();
        if root.version != before.version + 1 {
            return Err(MetadataFault::Gap { before: before.version, found: root.version });
        }
        before.holds(Role::Root, &envelope)?;
        root.holds(Role::Root, &envelope)?;
        self.roots.push((envelope, root));
        Ok(self)
    }

    /// From a trusted root through those of `later` that are newer than it.
    ///
    /// # Errors
    /// As [`Chain::from_trusted`] and [`Chain::then`]; also when `later` holds another root under the trusted
    /// one's number.
    pub fn walk(trusted: &[u8], later: &[Vec<u8>]) -> Result<Self, MetadataFault> {
        let mut chain = Self::from_trusted(trusted)?;
        let first = chain.newest().version;
        for bytes in later {
            let envelope = Envelope::parse(bytes)?;
            let root = Root::read(&envelope)?;
            if root.version == first && envelope.signed != chain.roots[0].0.signed {
                let why = "the repository's is another than the trusted one".to_owned();
                return Err(MetadataFault::Root { version: first, why });
            }
            if root.version > first {
                chain = chain.then(bytes)?;
            }
        }
        Ok(chain)
    }

    /// The last one.
    pub fn newest(&self) -> &Root {
        // Never empty: it begins with the trusted one and only grows.
        &self.roots[self.roots.len() - 1].1
    }

    /// The one before the last, if there is one.
    pub fn before_newest(&self) -> Option<&Root> {
        self.roots.len().checked_sub(2).map(|at| &self.roots[at].1)
    }

    /// All of them, oldest first.
    pub fn roots(&self) -> impl Iterator<Item = &Root> {
        self.roots.iter().map(|(_, root)| root)
    }
}
