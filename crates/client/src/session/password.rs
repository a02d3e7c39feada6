//! Setting a password with a code that came by mail, and changing the one that is known.

use std::fmt;
use std::sync::Arc;

use polder_wire::password::{
    CodeBody, Forgotten, ForgottenBody, LookAtCode, PasswordRules, SetBody, SetPassword,
};
use polder_wire::{Language, Nothing, Secret};

use super::{Door, Failure, Next};
use crate::api::Caller;
use crate::device::DeviceKey;

/// Somebody with a code that counts, who may now set a password.
pub struct NewPassword {
    door: Door,
    key: Arc<DeviceKey>,
    code: Secret,
    rules: PasswordRules,
}

impl Door {
    /// Asks for a letter with a code. What comes back is the same whether or not there is such an account.
    ///
    /// # Errors
    /// Whatever a call may meet.
    pub async fn forgotten(&self, email: &str) -> Result<(), Failure> {
        let key = self.new_key()?;
        let body = ForgottenBody { email: email.to_owned() };
        let Nothing {} =
            self.client.call(&Forgotten, &body, Caller { key: &key, access_token: None }).await?;
        Ok(())
    }

    /// Looks at a code from a letter. It stays good until a password was set with it.
    ///
    /// # Errors
    /// [`polder_wire::Code::PasswordCodeWrong`], and whatever a call may meet.
    pub async fn with_code(&self, code: Secret) -> Result<NewPassword, Failure> {
        let key = self.new_key()?;
        let body = CodeBody { code: code.clone() };
        let rules = self.client.call(&LookAtCode, &body, Caller { key: &key, access_token: None }).await?;
        Ok(NewPassword { door: self.clone(), key, code, rules })
    }
}

impl NewPassword {
    /// Whose password it is, and what it must be.
    pub fn rules(&self) -> &PasswordRules {
        &self.rules
    }

    /// Sets it, and goes on with the sign-in. After a password that was refused the code is still good.
    ///
    /// # Errors
    /// [`polder_wire::Code::PasswordCodeWrong`]; `PasswordTooShort`, `PasswordCommon` and `PasswordWeak`; and
    /// whatever a call may meet.
    pub async fn set(&self, password: Secret, stay: bool, language: Language) -> Result<Next, Failure> {
        let device = Some(super::this_device::this_device());
        let body = SetBody { code: self.code.clone(), password, stay, language, device };
        let caller = Caller { key: &self.key, access_token: None };
        let next = self.door.client.call(&SetPassword, &body, caller).await?;
        Ok(self.door.go_on(Arc::clone(&self.key), next).await)
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword")
    }
}
