use zeroize::Zeroizing;

use super::{Keychain, KeychainError};

/// Forgets with the process: for tests, and where the person wants nothing kept.
#[derive(Debug, Default)]
pub struct MemoryKeychain(Option<Zeroizing<Vec<u8>>>);

impl Keychain for MemoryKeychain {
    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        Ok(self.0.clone())
    }

    fn save(&mut self, item: &[u8]) -> Result<(), KeychainError> {
        self.0 = Some(Zeroizing::new(item.to_vec()));
        Ok(())
    }

    fn delete(&mut self) -> Result<(), KeychainError> {
        self.0 = None;
        Ok(())
    }
}
