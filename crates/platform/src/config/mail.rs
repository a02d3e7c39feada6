use std::path::{Path, PathBuf};

use lettre::message::Mailbox;

use super::table::Table;
use super::{ConfigError, Wrong};

/// How letters leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Whom they are from.
    pub from: Mailbox,
    /// Where they go.
    pub way: Way,
}

/// Where letters go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Into a folder, one file each: for trying Polder on one machine.
    Folder(PathBuf),
    /// To a mail server.
    Smtp(Smtp),
}

/// A mail server that takes letters in (RFC 6409).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    /// Its name, which its certificate must have.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is encrypted.
    pub security: Security,
    /// As whom the platform signs in there, and the file with the password.
    pub credentials: Option<(String, PathBuf)>,
    /// Certificates (PEM) to trust instead of the system's.
    pub authority: Option<PathBuf>,
}

/// How the way to a mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// From the first byte (RFC 8314).
    Tls,
    /// After STARTTLS, without which nothing is sent.
    StartTls,
    /// Not at all; on this machine only.
    None,
}

impl Security {
    fn usual_port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::StartTls => 587,
            Self::None => 25,
        }
    }
}

/// Reads the section; paths are relative to `folder`.
pub(super) fn read(mut table: Table<'_>, folder: &Path) -> Result<Mail, ConfigError> {
    let from = table.value("from", |text| text.parse().map_err(|_| Wrong::NotMailbox))?;
    let path = |text: &str| Ok(folder.join(text));
    let way = match table.optional("folder", path)? {
        Some(folder) => Way::Folder(folder),
        None => Way::Smtp(smtp(&mut table, path)?),
    };
    table.end()?;
    Ok(Mail { from, way })
}

fn smtp(table: &mut Table<'_>, path: impl Fn(&str) -> Result<PathBuf, Wrong>) -> Result<Smtp, ConfigError> {
    let host = table.text("host")?;
    let security = table.value_or("security", || Security::Tls, security)?;
    if security == Security::None && !["localhost", "127.0.0.1", "::1"].contains(&host.as_str()) {
        return Err(table.wrong("security", Wrong::OpenMail));
    }
    let port = table.number_or("port", usize::from(security.usual_port()))?;
    let port = u16::try_from(port).map_err(|_| table.wrong("port", Wrong::NotPort))?;
    let user = table.optional("user", |text| Ok(text.to_owned()))?;
    let credentials = match (user, table.optional("password_file", &path)?) {
        (Some(user), Some(file)) => Some((user, file)),
        (None, None) => None,
        (Some(_), None) => return Err(table.wrong("password_file", Wrong::HalfCredentials)),
        (None, Some(_)) => return Err(table.wrong("user", Wrong::HalfCredentials)),
    };
    let authority = table.optional("authority", &path)?;
    Ok(Smtp { host, port, security, credentials, authority })
}

fn security(text: &str) -> Result<Security, Wrong> {
    match text {
        "tls" => Ok(Security::Tls),
        "starttls" => Ok(Security::StartTls),
        "none" => Ok(Security::None),
        _ => Err(Wrong::NotSecurity),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Mail, String> {
        let section = text.parse().unwrap();
        read(Table::new(Path::new("p.toml"), section), Path::new("/etc/polder"))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn letters_go_to_a_folder_or_over_an_encrypted_way() {
        let folder = parse("from = \"Polder <polder@example.org>\"\nfolder = \"mail\"").unwrap();
        assert_eq!(folder.way, Way::Folder("/etc/polder/mail".into()));
        let from = "from = \"polder@example.org\"\nhost = \"mail.example.org\"\n";
        for (more, security, port) in [
            ("", Security::Tls, 465),
            ("security = \"starttls\"", Security::StartTls, 587),
            ("security = \"tls\"\nport = 4650", Security::Tls, 4650),
        ] {
            let Way::Smtp(smtp) = parse(&format!("{from}{more}")).unwrap().way else { panic!("{more}") };
            assert_eq!((smtp.security, smtp.port), (security, port), "{more}");
        }
        let here = parse("from = \"a@b.org\"\nhost = \"127.0.0.1\"\nsecurity = \"none\"").unwrap();
        assert!(matches!(here.way, Way::Smtp(Smtp { security: Security::None, port: 25, .. })));
    }

    #[test]
    fn a_mail_server_elsewhere_is_never_reached_in_the_clear() {
        for host in ["mail.example.org", "10.0.0.7", "localhost.example.org"] {
            let error =
                parse(&format!("from = \"a@b.org\"\nhost = \"{host}\"\nsecurity = \"none\"")).unwrap_err();
            assert!(error.contains("security: must be \"tls\" or \"starttls\""), "{error}");
        }
    }

    #[test]
    fn each_error_names_its_key() {
        for (text, key) in [
            ("folder = \"mail\"", "from: is missing"),
            ("from = \"nobody\"\nfolder = \"mail\"", "from: must be an e-mail address"),
            ("from = \"a@b.org\"", "host: is missing"),
            ("from = \"a@b.org\"\nhost = \"h\"\nsecurity = \"ssl\"", "security: must be"),
            ("from = \"a@b.org\"\nhost = \"h\"\nport = 70000", "port: must be a port"),
            ("from = \"a@b.org\"\nhost = \"h\"\nuser = \"u\"", "password_file: is needed"),
            ("from = \"a@b.org\"\nhost = \"h\"\npassword_file = \"u\"", "user: is needed"),
            ("from = \"a@b.org\"\nfolder = \"mail\"\nhost = \"h\"", "host: is not a key"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(key), "{error} should contain {key}");
        }
    }
}
