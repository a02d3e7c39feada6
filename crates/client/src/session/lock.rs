//! Locking and unlocking, showing again who one is, and the person's other devices.

use polder_wire::session::{
    Devices, EndDevice, EndOthers, Ended, ListDevices, Lock, Policy, ProofBody, Prove, Unlock,
};
use polder_wire::{Code, Nothing, Secret, SessionId};

use super::{Failure, Session};

impl Session {
    /// Whether nothing is to be had before the person showed again who they are.
    pub fn is_locked(&self) -> bool {
        self.state().locked
    }

    /// What the domain asks of its people's sessions, as it was when the tokens were last exchanged.
    pub fn policy(&self) -> Policy {
        self.state().policy
    }

    /// Locks here, at once and whatever else happens. [`Session::lock`] does the rest.
    pub fn lock_here(&self) {
        self.state().locked = true;
    }

    /// Locks: here at once, whatever else happens; in the keychain, so that a restart does not unlock; and at the
    /// platform, which from then on refuses everything else to these tokens.
    ///
    /// # Errors
    /// When the platform could not be told. It is told at the next start, or the next time the person locks.
    pub async fn lock(&self) -> Result<(), Failure> {
        self.lock_here();
        let there =
            self.signed_even_if_locked(|client, caller| Box::pin(client.call(&Lock, &Nothing {}, caller)));
        let ((), there) = tokio::join!(self.mark(), there);
        there.map(|Nothing {}| ())
    }

    /// Unlocks, by the platform's word alone.
    ///
    /// # Errors
    /// [`Code::PasswordWrong`], [`Code::CodeNeeded`], [`Code::CodeWrong`], [`Code::SessionOver`], and whatever a call
    /// may meet.
    pub async fn unlock(&self, password: Secret, code: Option<Secret>) -> Result<(), Failure> {
        let body = ProofBody { password, code };
        self.signed_even_if_locked(|client, caller| {
            let body = body.clone();
            Box::pin(async move { client.call(&Unlock, &body, caller).await })
        })
        .await?;
        self.state().locked = false;
        self.mark().await;
        Ok(())
    }

    /// Makes the sign-in fresh again, for what takes that.
    ///
    /// # Errors
    /// As [`Session::unlock`].
    pub async fn prove(&self, password: Secret, code: Option<Secret>) -> Result<(), Failure> {
        let body = ProofBody { password, code };
        self.signed(|client, caller| {
            let body = body.clone();
            Box::pin(async move { client.call(&Prove, &body, caller).await })
        })
        .await?;
        Ok(())
    }

    /// The devices on which the person is signed in.
    ///
    /// # Errors
    /// Whatever a call may meet.
    pub async fn devices(&self) -> Result<Devices, Failure> {
        self.signed(|client, caller| Box::pin(client.call(&ListDevices, &Nothing {}, caller))).await
    }

    /// Signs one of them out.
    ///
    /// # Errors
    /// [`Code::NotFound`] for one that is gone already, [`Code::FreshSignInNeeded`], and whatever a call may meet.
    pub async fn end_device(&self, session: SessionId) -> Result<(), Failure> {
        self.signed(move |client, caller| {
            Box::pin(async move { client.call(&EndDevice { session }, &Nothing {}, caller).await })
        })
        .await
        .map(|Nothing {}| ())
    }

    /// Signs all of them out but this one; says how many that were.
    ///
    /// # Errors
    /// [`Code::FreshSignInNeeded`], and whatever a call may meet.
    pub async fn end_other_devices(&self) -> Result<u32, Failure> {
        let ended =
            self.signed(|client, caller| Box::pin(client.call(&EndOthers, &Nothing {}, caller))).await?;
        let Ended { ended } = ended;
        Ok(ended)
    }

    /// The platform says that it is locked.
    pub(super) fn locked_there(&self) {
        self.state().locked = true;
    }

    /// A failure that says so.
    pub(super) fn refused_while_locked(&self) -> Option<Failure> {
        self.is_locked().then_some(Failure::of(Code::SessionLocked))
    }
}
