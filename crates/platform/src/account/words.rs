use std::fmt;

use polder_wire::Secret;

use super::AddError;
use crate::App;

/// No e-mail has more characters.
const EMAIL_LIMIT: usize = 320;

/// An e-mail as it names an account: without outer white space, in lower case. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Takes what a person types to sign in. What it names may not exist, so anything of a fair length goes.
    pub fn typed(text: &str) -> Option<Self> {
        // As the API description says it: in characters, before anything is done to them.
        (text.chars().count() <= EMAIL_LIMIT).then(|| Self(text.trim().to_lowercase()))
    }

    /// Takes what a new account shall have.
    ///
    /// # Errors
    /// When no mail could ever reach it.
    pub fn new(text: &str) -> Result<Self, AddError> {
        let email = Self::typed(text).ok_or(AddError::Email)?;
        let plausible = email
            .0
            .split_once('@')
            .is_some_and(|(local, host)| !local.is_empty() && !host.is_empty() && !host.contains('@'));
        let one_word = !email.0.contains(|c: char| c.is_whitespace() || c.is_control());
        // In lower case it may be longer, and still it must be possible to type it.
        let fits = email.0.chars().count() <= EMAIL_LIMIT;
        // The first password comes by mail (R20), so what no letter can be addressed to is no account's e-mail.
        let addressable = email.0.parse::<lettre::Address>().is_ok();
        if plausible && one_word && fits && addressable { Ok(email) } else { Err(AddError::Email) }
    }

    /// The text, to seal or to show to its owner.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How the database finds it.
    pub fn hash(&self, app: &App) -> String {
        hex::encode(app.keys.platform().email_hash(&self.0))
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[e-mail]")
    }
}

/// A person's name: 1 to 200 characters, none of them a control. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// Takes a name without outer white space.
    ///
    /// # Errors
    /// When it is empty, too long or has control characters.
    pub fn new(text: &str) -> Result<Self, AddError> {
        let text = text.trim();
        let fits = (1..=200).contains(&text.chars().count()) && !text.contains(char::is_control);
        if fits { Ok(Self(text.to_owned())) } else { Err(AddError::Name) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[name]")
    }
}

/// A new password: 8 to 128 characters of any kind.
pub(crate) fn checked_password(password: Secret) -> Result<Secret, AddError> {
    if (8..=128).contains(&password.expose().chars().count()) {
        Ok(password)
    } else {
        Err(AddError::Password)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case_and_outer_white_space_do_not_matter() {
        assert_eq!(Email::typed(" Aino@Example.FI "), Email::typed("aino@example.fi"));
    }

    #[test]
    fn what_a_person_types_may_have_320_characters_whatever_they_become() {
        // In lower case this letter is two.
        assert!(Email::typed(&"İ".repeat(320)).is_some());
        assert!(Email::typed(&"a".repeat(321)).is_none());
    }

    #[test]
    fn what_no_mail_can_reach_is_no_e_mail() {
        let long = format!("{}@example.fi", "İ".repeat(200));
        for wrong in [&*long, "", "aino", "@example.fi", "aino@", "a@b@c", "a b@example.fi", "a@exam\nple.fi"]
        {
            assert!(Email::new(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn personal_data_does_not_print() {
        let printed = format!("{:?} {:?}", Email::new("a@b.fi").unwrap(), PersonName::new("Aino").unwrap());
        assert_eq!(printed, "[e-mail] [name]");
    }
}
