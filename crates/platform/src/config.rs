//! The configuration file: TOML, every key typed, every error with its key and the file's name.

mod mail;
mod table;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub use mail::{Mail, Security, Smtp, Way};
use table::Table;
use url::Url;

/// What the platform is told. Paths are absolute or relative to the working directory; in the file they
/// are relative to the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Scheme, host and port by which clients know the platform, without a slash at the end.
    pub origin: String,
    /// The data folder.
    pub data: PathBuf,
    /// `sqlite:…` or `postgres:…`.
    pub database_url: String,
    /// The certificate and its key.
    pub tls: Tls,
    /// The keys that seal data.
    pub keys: Keys,
    /// What clients update from.
    pub releases: Release,
    /// How much is let in at once.
    pub limits: Limits,
    /// How letters leave (section `[mail]`). Without it they wait.
    pub mail: Option<Mail>,
}

/// How much is let in at once (section `[limits]`, which may be missing).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections in all. The system must allow this process more open files than that.
    pub connections: usize,
    /// Connections from one address. An organisation may be behind one, with hundreds of people.
    pub per_address: usize,
    /// Wrong passwords and codes from one address in a short time before it is blocked for a while (R47). Devices that
    /// signed in before are let through.
    pub wrong_per_address: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 4096, per_address: 512, wrong_per_address: 50 }
    }
}

/// PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The chain, the platform's own certificate first.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Where keys are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// The file with the key that wraps every domain's key.
    pub master: PathBuf,
    /// The database of wrapped keys, apart from the data and its backups.
    pub url: String,
}

/// Where releases lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Has `metadata/` and `targets/`.
    pub folder: PathBuf,
    /// The TUF root that this platform trusts.
    pub root: PathBuf,
}

/// What the command line may set instead of the file. Paths are relative to the working directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args)]
pub struct Overrides {
    /// Where to listen, as 127.0.0.1:4443 (instead of `listen`)
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// The data folder (instead of `data`)
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// "sqlite" or postgres://… (instead of `database.url`)
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// The certificate chain, PEM (instead of `tls.certificate`)
    #[arg(long, global = true, value_name = "FILE")]
    pub certificate: Option<PathBuf>,
    /// The certificate's key, PEM (instead of `tls.key`)
    #[arg(long, global = true, value_name = "FILE")]
    pub key: Option<PathBuf>,
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{file}: {source}", file = file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no TOML.
    #[error("{file}: {source}", file = file.display())]
    NotToml {
        /// The file.
        file: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// One key is missing, unknown or has a value that does not fit.
    #[error("{file}: {key}: {wrong}", file = file.display())]
    Key {
        /// The file.
        file: PathBuf,
        /// The key with its section, as `tls.key`.
        key: String,
        /// What is wrong with it.
        wrong: Wrong,
    },
    /// A flag has a value that does not fit.
    #[error("--{flag}: {wrong}")]
    Flag {
        /// The flag.
        flag: &'static str,
        /// What is wrong with it.
        wrong: Wrong,
    },
}

/// What is wrong with a key or its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// It must be there.
    #[error("is missing")]
    Missing,
    /// Nothing has this name; perhaps a typing error.
    #[error("is not a key that Polder knows")]
    Unknown,
    /// It must be text in quotes.
    #[error("must be text in quotes")]
    NotText,
    /// It must be a number.
    #[error("must be a whole number from 1 to 1000000")]
    NotNumber,
    /// It must be a section.
    #[error("must be a section")]
    NotSection,
    /// It must be an address with a port.
    #[error("must be an IP address with a port, as 127.0.0.1:4443")]
    NotAddress,
    /// It must be an origin.
    #[error("must be https://, a host and perhaps a port, without a path")]
    NotOrigin,
    /// It must be a database.
    #[error("must be \"sqlite\" (a file in the data folder), sqlite:FILE or postgres://…")]
    NotDatabase,
    /// It must be somebody that letters are from.
    #[error("must be an e-mail address, perhaps with a name, as Polder <polder@example.org>")]
    NotMailbox,
    /// It must be a way of encrypting.
    #[error("must be \"tls\", \"starttls\" or, on this machine, \"none\"")]
    NotSecurity,
    /// It must be a port.
    #[error("must be a port, a whole number from 1 to 65535")]
    NotPort,
    /// Passwords and codes do not travel in the clear (R39).
    #[error("must be \"tls\" or \"starttls\", because that server is on another machine")]
    OpenMail,
    /// A user without a password, or the other way round.
    #[error("is needed with the other one of user and password_file")]
    HalfCredentials,
    /// The way to the database must be encrypted and its server verified (R39).
    #[error("must have sslmode=verify-full, because that database is on another machine")]
    OpenWay,
}

impl Config {
    /// Reads the file and lets the flags have their way.
    ///
    /// # Errors
    /// Names the file and the key, or the flag.
    pub fn read(file: &Path, flags: &Overrides) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(file)
            .map_err(|source| ConfigError::Unreadable { file: file.to_owned(), source })?;
        Self::parse(&text, file, flags)
    }

    fn parse(text: &str, file: &Path, flags: &Overrides) -> Result<Self, ConfigError> {
        let table: toml::Table = text
            .parse()
            .map_err(|source| ConfigError::NotToml { file: file.to_owned(), source: Box::new(source) })?;
        let mut top = Table::new(file, table);
        let folder = file.parent().unwrap_or(Path::new(""));
        let listen = top.value("listen", |text| text.parse().map_err(|_| Wrong::NotAddress))?;
        let origin = top.value("origin", origin)?;
        let data = folder.join(top.text("data")?);
        let data = flags.data.clone().unwrap_or(data);

        let mut database = top.section_or_empty("database")?;
        let url = database.value_or("url", || "sqlite".to_owned(), known_database)?;
        let database_url = match &flags.database_url {
            Some(url) => {
                let wrong = |wrong| ConfigError::Flag { flag: "database-url", wrong };
                resolve(&known_database(url).map_err(wrong)?, Path::new(""), || data.join("polder.sqlite"))
            }
            None => resolve(&url, folder, || data.join("polder.sqlite")),
        };
        database.end()?;

        let mut tls = top.section("tls")?;
        let certificate = folder.join(tls.text("certificate")?);
        let key = folder.join(tls.text("key")?);
        tls.end()?;

        let mut keys = top.section("keys")?;
        let master = folder.join(keys.text("master")?);
        let keys_url = keys.value_or("url", || "sqlite".to_owned(), known_database)?;
        let keys_url = resolve(&keys_url, folder, || data.join("keys").join("keys.sqlite"));
        keys.end()?;

        let mut releases = top.section("releases")?;
        let release = Release {
            folder: folder.join(releases.text("folder")?),
            root: folder.join(releases.text("root")?),
        };
        releases.end()?;

        let usual = Limits::default();
        let mut limits = top.section_or_empty("limits")?;
        let limited = Limits {
            connections: limits.number_or("connections", usual.connections)?,
            per_address: limits.number_or("connections_per_address", usual.per_address)?,
            wrong_per_address: limits.number_or("wrong_tries_per_address", usual.wrong_per_address)?,
        };
        limits.end()?;
        let mail = top.optional_section("mail")?.map(|section| mail::read(section, folder)).transpose()?;
        top.end()?;

        Ok(Self {
            listen: flags.listen.unwrap_or(listen),
            origin,
            data,
            database_url,
            tls: Tls {
                certificate: flags.certificate.clone().unwrap_or(certificate),
                key: flags.key.clone().unwrap_or(key),
            },
            keys: Keys { master, url: keys_url },
            releases: release,
            limits: limited,
            mail,
        })
    }
}

#[cfg(fuzzing)]
pub(crate) fn fuzz(bytes: &[u8]) {
    use sqlx::postgres::{PgConnectOptions, PgSslMode};

    let text = String::from_utf8_lossy(bytes);
    if let Ok(config) = Config::parse(&text, Path::new("/etc/polder/platform.toml"), &Overrides::default()) {
        assert!(config.origin.starts_with("https://") && !config.origin.ends_with('/'));
        for url in [&config.database_url, &config.keys.url] {
            // What is let through here is what the driver understands as well.
            let Ok(driver) = url.parse::<PgConnectOptions>() else { continue };
            let here = driver.get_socket().is_some()
                || ["localhost", "127.0.0.1", "[::1]"].contains(&driver.get_host());
            assert!(here || matches!(driver.get_ssl_mode(), PgSslMode::VerifyFull), "{url}");
        }
    }
}

fn origin(text: &str) -> Result<String, Wrong> {
    let url = Url::parse(text).map_err(|_| Wrong::NotOrigin)?;
    let origin = url.origin().ascii_serialization();
    // A proof's `htu` is compared byte by byte, so there is one way to write an origin.
    if url.scheme() == "https" && origin == text { Ok(origin) } else { Err(Wrong::NotOrigin) }
}

fn known_database(text: &str) -> Result<String, Wrong> {
    let sqlite = text == "sqlite"
        || text.strip_prefix("sqlite:").is_some_and(|path| !path.is_empty() && !path.contains('?'));
    if sqlite {
        return Ok(text.to_owned());
    }
    let url = Url::parse(text).map_err(|_| Wrong::NotDatabase)?;
    if !matches!(url.scheme(), "postgres" | "postgresql") {
        return Err(Wrong::NotDatabase);
    }
    if is_on_this_machine(&url) || is_verified(&url) { Ok(text.to_owned()) } else { Err(Wrong::OpenWay) }
}

/// Loopback or a socket. The driver also takes hosts as parameters, and without any from its environment; with one of
/// those it is not said here where it leads.
fn is_on_this_machine(postgres: &Url) -> bool {
    let host = postgres.host_str().unwrap_or_default();
    // A socket's path stands as the host, with its slashes encoded.
    let here = matches!(host, "localhost" | "127.0.0.1" | "[::1]") || host.to_lowercase().starts_with("%2f");
    here && !postgres.query_pairs().any(|(name, _)| matches!(&*name, "host" | "hostaddr"))
}

/// Whether each mode that is given is the strictest one; of two the driver takes the last.
fn is_verified(postgres: &Url) -> bool {
    let mut modes =
        postgres.query_pairs().filter(|(name, _)| matches!(&**name, "sslmode" | "ssl-mode")).peekable();
    modes.peek().is_some() && modes.all(|(_, mode)| mode == "verify-full")
}

/// The URL that the database driver takes.
fn resolve(text: &str, folder: &Path, default: impl FnOnce() -> PathBuf) -> String {
    let path = match text.strip_prefix("sqlite") {
        None => return text.to_owned(),
        Some("") => default(),
        Some(path) => folder.join(path.trim_start_matches(':')),
    };
    sqlite_url(&path)
}

/// The URL of a SQLite file, made if it is missing.
pub fn sqlite_url(path: &Path) -> String {
    let mut url = String::from("sqlite:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'~' | b':' | b'\\' => url.push(char::from(*byte)),
            _ if byte.is_ascii_alphanumeric() => url.push(char::from(*byte)),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url + "?mode=rwc"
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = r#"
listen = "127.0.0.1:4443"
origin = "https://localhost:4443"
data = "data"
[database]
url = "sqlite"
[tls]
certificate = "tls/cert.pem"
key = "tls/key.pem"
[keys]
master = "master.key"
[releases]
folder = "releases"
root = "root.json"
"#;

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse(text, Path::new("/etc/polder/platform.toml"), &Overrides::default())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn paths_are_relative_to_the_file() {
        let config = parse(FULL).unwrap();
        assert_eq!(config.data, Path::new("/etc/polder/data"));
        assert_eq!(config.tls.certificate, Path::new("/etc/polder/tls/cert.pem"));
        assert_eq!(config.database_url, "sqlite:/etc/polder/data/polder.sqlite?mode=rwc");
        assert_eq!(config.keys.url, "sqlite:/etc/polder/data/keys/keys.sqlite?mode=rwc");
    }

    #[test]
    fn limits_have_defaults_and_may_be_set() {
        assert_eq!(parse(FULL).unwrap().limits, Limits::default());
        let set = parse(&format!(
            "{FULL}[limits]\nconnections = 9\nconnections_per_address = 3\nwrong_tries_per_address = 7\n"
        ))
        .unwrap();
        assert_eq!(set.limits, Limits { connections: 9, per_address: 3, wrong_per_address: 7 });
    }

    #[test]
    fn flags_win_over_the_file() {
        let flags = Overrides {
            listen: Some("127.0.0.1:9".parse().unwrap()),
            data: Some("elsewhere".into()),
            database_url: Some("postgres://db/polder?sslmode=verify-full".into()),
            ..Overrides::default()
        };
        let config = Config::parse(FULL, Path::new("p.toml"), &flags).unwrap();
        assert_eq!(config.listen.port(), 9);
        assert_eq!(config.database_url, "postgres://db/polder?sslmode=verify-full");
        assert_eq!(config.keys.url, "sqlite:elsewhere/keys/keys.sqlite?mode=rwc");
    }

    #[test]
    fn each_error_names_the_key_and_the_file() {
        for (from, to, key) in [
            ("listen = \"127.0.0.1:4443\"", "", "listen: is missing"),
            ("\"127.0.0.1:4443\"", "\"localhost\"", "listen: must be an IP address"),
            ("\"127.0.0.1:4443\"", "4443", "listen: must be text"),
            ("https://localhost:4443", "http://localhost:4443", "origin: must be https"),
            ("https://localhost:4443", "https://localhost:4443/", "origin: must be https"),
            ("https://localhost:4443", "https://Localhost:4443", "origin: must be https"),
            ("url = \"sqlite\"", "url = \"mysql://x\"", "database.url: must be"),
            ("url = \"sqlite\"", "uri = \"sqlite\"", "database.uri: is not a key"),
            ("master = \"master.key\"", "", "keys.master: is missing"),
            ("[tls]", "[tsl]", "tls: is missing"),
            ("[tls]", "[more]\n[tls]", "more: is not a key"),
            ("data = \"data\"", "data = \"data\"\nkeys = 1\n[x]", ""),
            ("[tls]", "[limits]\nconnections = 0\n[tls]", "limits.connections: must be a whole number"),
            ("[tls]", "[limits]\nconnections = \"9\"\n[tls]", "limits.connections: must be a whole number"),
            ("[tls]", "[limits]\nper_address = 9\n[tls]", "limits.per_address: is not a key"),
        ] {
            let error = parse(&FULL.replace(from, to)).unwrap_err();
            assert!(error.starts_with("/etc/polder/platform.toml: "), "{error}");
            assert!(error.contains(key), "{error} should contain {key}");
        }
    }

    #[test]
    fn a_database_on_another_machine_is_reached_over_verified_tls_or_not_at_all() {
        for (url, fits) in [
            ("postgres://db.example/polder?sslmode=verify-full", true),
            ("postgresql://u:p@10.0.0.7:5433/polder?application_name=x&sslmode=verify-full", true),
            ("postgres://localhost/polder", true),
            ("postgres://polder@127.0.0.1:5432/polder", true),
            ("postgres://%2Fvar%2Frun%2Fpostgresql/polder", true),
            ("postgres://db.example/polder", false),
            ("postgres://db.example/polder?sslmode=require", false),
            ("postgres://db.example/polder?sslmode=verify-ca", false),
            ("postgres://db.example/polder?sslmode=verify-full&ssl-mode=disable", false),
            ("postgres://db.example/polder?sslmode=disable&sslmode=verify-full", false),
            ("postgres://localhost/polder?host=db.example", false),
            ("postgres://localhost/polder?hostaddr=10.0.0.7", false),
            ("postgres://localhost.example/polder", false),
            ("postgres:///polder", false),
        ] {
            let parsed = parse(&FULL.replace("url = \"sqlite\"", &format!("url = \"{url}\"")));
            assert_eq!(parsed.is_ok(), fits, "{url}: {parsed:?}");
            if let Err(error) = parsed {
                assert!(error.contains("database.url: must have sslmode=verify-full"), "{error}");
            }
        }
    }

    #[test]
    fn a_file_with_an_odd_name_keeps_it() {
        assert_eq!(sqlite_url(Path::new("/a b/ü?.db")), "sqlite:/a%20b/%C3%BC%3F.db?mode=rwc");
    }
}
