use std::sync::Arc;

use polder_wire::UnixSeconds;
use semver::Version;

use crate::transport::Transport;

/// Proof that this program was, a moment ago, the newest verified release. Only the gate makes one.
///
/// ```compile_fail,E0451
/// // Its fields are private: nobody else can make one.
/// fn forge(real: polder_client::gate::Admission) -> polder_client::gate::Admission {
///     polder_client::gate::Admission { checked_at: polder_wire::UnixSeconds(0), ..real }
/// }
/// ```
#[derive(Debug)]
pub struct Admission {
    transport: Arc<Transport>,
    version: Version,
    checked_at: UnixSeconds,
    expires: UnixSeconds,
    program: [u8; 32],
}

impl Admission {
    pub(super) fn new(
        transport: Arc<Transport>,
        version: Version,
        checked_at: UnixSeconds,
        expires: UnixSeconds,
        program: [u8; 32],
    ) -> Self {
        Self { transport, version, checked_at, expires, program }
    }

    /// The version that was admitted.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// When it was admitted.
    pub fn checked_at(&self) -> UnixSeconds {
        self.checked_at
    }

    /// Until when it counts: then the metadata that proves it is out of date.
    pub fn expires(&self) -> UnixSeconds {
        self.expires
    }

    /// SHA-256 of the program that was admitted, as it was measured.
    pub fn program(&self) -> [u8; 32] {
        self.program
    }

    /// The platform that it counts for: `https://host[:port]`.
    pub fn origin(&self) -> String {
        self.transport.origin()
    }

    pub(super) fn way(&self) -> Arc<Transport> {
        Arc::clone(&self.transport)
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }
}
