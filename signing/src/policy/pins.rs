use std::collections::BTreeMap;
use std::fmt;

use polder_wire::UnixSeconds;
use semver::Version;
use serde::{Deserialize, Serialize};

use super::{Change, PolicyFault};

/// SHA-256 of a public key (SPKI), in Base64 as clients and policy write it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pin(String);

impl TryFrom<String> for Pin {
    type Error = PolicyFault;

    fn try_from(text: String) -> Result<Self, PolicyFault> {
        // 32 bytes are 43 digits and one "="; the last digit carries four bits, so that each pin is written in
        // one way only.
        let digit = |c: u8| c.is_ascii_alphanumeric() || c == b'+' || c == b'/';
        let fine = text.len() == 44
            && text.ends_with('=')
            && text.as_bytes()[..43].iter().copied().all(digit)
            && b"AEIMQUYcgkosw048".contains(&text.as_bytes()[42]);
        if fine { Ok(Self(text)) } else { Err(PolicyFault::NoPin(text.escape_default().to_string())) }
    }
}

impl std::str::FromStr for Pin {
    type Err = PolicyFault;

    fn from_str(text: &str) -> Result<Self, PolicyFault> {
        Self::try_from(text.to_owned())
    }
}

impl From<Pin> for String {
    fn from(pin: Pin) -> Self {
        pin.0
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `pins.json`: the story of the platform's pins, told to who signs and to `check`. Clients do not read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pins {
    /// Always 1.
    pub schema: u32,
    /// Of the key that the platform serves.
    pub serving: Pin,
    /// Next pins, as in the policy, and the `issued` of the policy that first named each.
    pub next: BTreeMap<Pin, UnixSeconds>,
    /// Pins that served before, and until when.
    pub served: BTreeMap<Pin, UnixSeconds>,
    /// From which version on clients have a pin built in, as the signers say.
    pub built_in: BTreeMap<Pin, Version>,
}

impl Pins {
    /// Those before, changed at this time. Whether that may be is [`super::step`]'s matter.
    pub(super) fn next(
        before: Option<&Self>,
        change: &Change,
        issued: UnixSeconds,
    ) -> Result<Self, PolicyFault> {
        let mut pins = match (before, &change.serving) {
            (Some(before), _) => before.clone(),
            (None, Some(serving)) => Self {
                schema: 1,
                serving: serving.clone(),
                next: BTreeMap::new(),
                served: BTreeMap::new(),
                built_in: BTreeMap::new(),
            },
            (None, None) => return Err(PolicyFault::First("which pin the platform serves")),
        };
        if let Some(serving) = change.serving.as_ref().filter(|pin| **pin != pins.serving) {
            let last = std::mem::replace(&mut pins.serving, serving.clone());
            pins.served.insert(last, issued);
            pins.served.remove(serving);
        }
        for pin in &change.next_pins {
            pins.next.entry(pin.clone()).or_insert(issued);
        }
        for pin in &change.drop_pins {
            pins.next.remove(pin).ok_or_else(|| PolicyFault::Unknown(pin.clone()))?;
        }
        pins.built_in.extend(change.built_in.clone());
        Ok(pins)
    }
}
