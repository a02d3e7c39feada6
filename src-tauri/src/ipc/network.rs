use polder_client::StoreFault;
use polder_client::proxy::{Choice, Field, Found, Host, Manual, PasswordChange, PasswordKept, Port, Setting};
use polder_client::session::Failure as ClientFailure;
use polder_wire::Secret;
use serde::{Deserialize, Serialize};
use tauri::State;
use ts_rs::TS;

use super::types::Failure;
use crate::shell::Shell;

/// How the platform is reached, and what this computer is set to.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Network {
    choice: NetworkChoice,
    host: Option<String>,
    port: Option<u16>,
    user: Option<String>,
    password_kept: NetworkPassword,
    system: SystemProxy,
}

/// Who says how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum NetworkChoice {
    System,
    Direct,
    Manual,
}

/// Where the password of a manual proxy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum NetworkPassword {
    No,
    Keychain,
    ThisRun,
}

/// What this computer is set to. A proxy may be one that Polder cannot speak with; the gate says so then.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum SystemProxy {
    None,
    Proxy { host: String, port: u16 },
    Pac,
}

/// Another choice. What a person typed, as they typed it.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NetworkChange {
    choice: NetworkChoice,
    host: Option<String>,
    /// Whatever number the page read; only a whole one can be a port.
    port: Option<f64>,
    user: Option<String>,
    /// `null` leaves what there is, and an empty one forgets it.
    #[ts(type = "string | null")]
    password: Option<Secret>,
}

/// A field of the form that does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum NetworkField {
    Host,
    Port,
    User,
}

/// How the platform is reached.
#[tauri::command]
pub(crate) async fn network(shell: State<'_, Shell>) -> Result<Network, Failure> {
    let network = shell.network()?;
    let setting = network.setting().await.map_err(|fault| unkept(&fault))?;
    Ok(Network::of(&setting, network.system().await))
}

/// Another way to the platform, from the next check of the gate on. It shuts whatever was open, but not a session: who
/// works goes on working.
#[tauri::command]
pub(crate) async fn set_network(shell: State<'_, Shell>, change: NetworkChange) -> Result<Network, Failure> {
    let network = shell.network()?;
    // First, so that a slip of the finger shuts nothing.
    let (choice, password) = change.read().map_err(Failure::of_field)?;
    shell.leave_gate()?;
    let setting = network.set(choice, password).await.map_err(|fault| unkept(&fault))?;
    tracing::info!(choice = ?NetworkChoice::of(&setting.choice), "another way to the platform was chosen");
    Ok(Network::of(&setting, network.system().await))
}

fn unkept(fault: &StoreFault) -> Failure {
    tracing::warn!(%fault, cause = %fault.cause, "the choice of proxy cannot be read or kept");
    ClientFailure::of(fault.code()).into()
}

/// The cast stops at the ends of `u32`; what it changed was no whole number there.
fn whole(number: f64) -> Option<u32> {
    let cast = number as u32;
    (f64::from(cast) == number).then_some(cast)
}

impl NetworkChange {
    fn read(self) -> Result<(Choice, PasswordChange), NetworkField> {
        let Self { choice, host, port, user, password } = self;
        let choice = match choice {
            NetworkChoice::System => Choice::System,
            NetworkChoice::Direct => Choice::Direct,
            NetworkChoice::Manual => {
                let port = port.and_then(whole).unwrap_or_default();
                let manual = Manual::parse(&host.unwrap_or_default(), port, user.as_deref());
                Choice::Manual(manual.map_err(|malformed| malformed.0)?)
            }
        };
        let password = match password {
            None => PasswordChange::Keep,
            Some(password) if password.expose().is_empty() => PasswordChange::Forget,
            Some(password) => PasswordChange::Set(password),
        };
        Ok((choice, password))
    }
}

impl Network {
    fn of(setting: &Setting, found: Found) -> Self {
        let manual = match &setting.choice {
            Choice::Manual(manual) => Some(manual),
            Choice::System | Choice::Direct => None,
        };
        Self {
            choice: NetworkChoice::of(&setting.choice),
            host: manual.map(|manual| manual.host.to_string()),
            port: manual.map(|manual| manual.port.get()),
            user: manual.and_then(|manual| Some(manual.user.as_ref()?.as_str().to_owned())),
            password_kept: match setting.password {
                PasswordKept::No => NetworkPassword::No,
                PasswordKept::Keychain => NetworkPassword::Keychain,
                PasswordKept::ThisRun => NetworkPassword::ThisRun,
            },
            system: SystemProxy::of(found),
        }
    }
}

impl NetworkChoice {
    fn of(choice: &Choice) -> Self {
        match choice {
            Choice::System => Self::System,
            Choice::Direct => Self::Direct,
            Choice::Manual(_) => Self::Manual,
        }
    }
}

impl SystemProxy {
    fn of(found: Found) -> Self {
        let at = |host: Host, port: Port| Self::Proxy { host: host.to_string(), port: port.get() };
        match found {
            Found::None => Self::None,
            Found::Pac => Self::Pac,
            Found::Proxy(proxy) => at(proxy.host, proxy.port),
            Found::Unsupported { host, port, .. } => at(host, port),
        }
    }
}

impl From<Field> for NetworkField {
    fn from(field: Field) -> Self {
        match field {
            Field::Host => Self::Host,
            Field::Port => Self::Port,
            Field::User => Self::User,
        }
    }
}

#[cfg(test)]
mod tests {
    use polder_wire::Code;
    use serde_json::json;

    use super::*;

    fn read(change: serde_json::Value) -> Result<(Choice, PasswordChange), NetworkField> {
        serde_json::from_value::<NetworkChange>(change).unwrap().read()
    }

    fn manual(host: &str, port: u32, user: Option<&str>) -> serde_json::Value {
        json!({"choice": "manual", "host": host, "port": port, "user": user, "password": null})
    }

    #[test]
    fn a_change_reads_or_names_the_field_that_does_not() {
        let nothing = json!({"choice": "system", "host": null, "port": null, "user": null, "password": null});
        assert_eq!(read(nothing), Ok((Choice::System, PasswordChange::Keep)));
        let expected = Manual::parse("proxy", 3128, Some("ada")).unwrap();
        let read_back = read(manual(" Proxy ", 3128, Some("ada")));
        assert_eq!(read_back, Ok((Choice::Manual(expected), PasswordChange::Keep)));
        assert_eq!(read(manual("http://proxy", 3128, None)), Err(NetworkField::Host));
        assert_eq!(read(manual("proxy", 0, None)), Err(NetworkField::Port));
        assert_eq!(read(manual("proxy", 65_536, None)), Err(NetworkField::Port));
        for port in [json!(-1), json!(3128.5), json!(1e300)] {
            let mut change = manual("proxy", 1, None);
            change["port"] = port;
            assert_eq!(read(change), Err(NetworkField::Port));
        }
        assert_eq!(read(manual("proxy", 1, Some("a:b"))), Err(NetworkField::User));
        let missing = json!({"choice": "manual", "host": null, "port": null, "user": null, "password": null});
        assert_eq!(read(missing), Err(NetworkField::Host));
    }

    #[test]
    fn no_password_keeps_an_empty_one_forgets_and_another_replaces() {
        let with = |password: &str| {
            let mut change = manual("proxy", 1, Some("ada"));
            change["password"] = password.into();
            read(change).unwrap().1
        };
        assert_eq!(with(""), PasswordChange::Forget);
        assert_eq!(with(" "), PasswordChange::Set(Secret::new(" ")));
    }

    #[test]
    fn what_the_page_is_told_has_its_own_words_and_no_password() {
        let choice = Choice::Manual(Manual::parse("::1", 3128, Some("ada")).unwrap());
        let setting = Setting { choice, password: PasswordKept::ThisRun };
        let told = serde_json::to_value(Network::of(&setting, Found::Pac)).unwrap();
        assert_eq!(
            told,
            json!({"choice": "manual", "host": "::1", "port": 3128, "user": "ada",
                "passwordKept": "this-run", "system": {"kind": "pac"}}),
        );
        let setting = Setting { choice: Choice::Direct, password: PasswordKept::No };
        let told = serde_json::to_value(Network::of(&setting, Found::None)).unwrap();
        assert_eq!(
            told,
            json!({"choice": "direct", "host": null, "port": null, "user": null,
                "passwordKept": "no", "system": {"kind": "none"}}),
        );
    }

    #[test]
    fn a_failure_names_its_field_only_where_there_is_one() {
        let failure = serde_json::to_value(Failure::of_field(NetworkField::Port)).unwrap();
        assert_eq!((&failure["code"], &failure["field"]), (&json!("malformed"), &json!("port")));
        let other = serde_json::to_value(Failure::from(ClientFailure::of(Code::Offline))).unwrap();
        assert!(other.get("field").is_none());
    }
}
