//! One's own second step, while signed in.

use polder_wire::second_step::{
    FirstCode, Look, Prepare, RecoveryCodes, Remove, RenewRecovery, Replace, Standing,
};
use polder_wire::sign_in::Enrolment;
use polder_wire::{Nothing, Secret};

use super::{Failure, Session};

impl Session {
    /// How it stands.
    ///
    /// # Errors
    /// Whatever a call may meet.
    pub async fn second_step(&self) -> Result<Standing, Failure> {
        self.signed(|client, caller| Box::pin(client.call(&Look, &Nothing {}, caller))).await
    }

    /// A key for another authenticator; the one in force stays until [`Session::replace_second_step`].
    ///
    /// # Errors
    /// [`polder_wire::Code::FreshSignInNeeded`], and whatever a call may meet.
    pub async fn prepare_second_step(&self) -> Result<Enrolment, Failure> {
        self.signed(|client, caller| Box::pin(client.call(&Prepare, &Nothing {}, caller))).await
    }

    /// The new key's first code puts it in force; answers its recovery codes, which are shown this once.
    ///
    /// # Errors
    /// [`polder_wire::Code::CodeWrong`], [`polder_wire::Code::EnrolmentNotOpen`],
    /// [`polder_wire::Code::FreshSignInNeeded`], and whatever a call may meet.
    pub async fn replace_second_step(&self, code: Secret) -> Result<RecoveryCodes, Failure> {
        self.signed(move |client, caller| {
            let body = FirstCode { code: code.clone() };
            Box::pin(async move { client.call(&Replace, &body, caller).await })
        })
        .await
    }

    /// Does without a second step from now on.
    ///
    /// # Errors
    /// [`polder_wire::Code::SecondStepRequired`], [`polder_wire::Code::FreshSignInNeeded`], and whatever a call may meet.
    pub async fn remove_second_step(&self) -> Result<(), Failure> {
        let Nothing {} =
            self.signed(|client, caller| Box::pin(client.call(&Remove, &Nothing {}, caller))).await?;
        Ok(())
    }

    /// Ten new recovery codes; the old ones are worth nothing from then on.
    ///
    /// # Errors
    /// [`polder_wire::Code::SecondStepAbsent`], [`polder_wire::Code::FreshSignInNeeded`], and whatever a call may meet.
    pub async fn renew_recovery_codes(&self) -> Result<RecoveryCodes, Failure> {
        self.signed(|client, caller| Box::pin(client.call(&RenewRecovery, &Nothing {}, caller))).await
    }
}
