//! The operating system's keychain, for real: each test starts a bus and a keyring of its own.
//!
//! Bus and keyring are found through the environment, which belongs to a whole process. So each test runs
//! its own program once more, inside, and there does what it is about.
#![cfg(target_os = "linux")]
// A test that cannot go on fails.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use polder_client::deployment::Deployment;
use polder_client::keychain::Vault;
use polder_wire::Code;
use secret_service::{EncryptionType, blocking::SecretService};
use support::World;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zeroize::Zeroizing;

/// Set inside.
const INSIDE: &str = "POLDER_TEST_INSIDE";
/// No services to start by themselves: an absent keychain stays absent.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>"#;
/// The empty line is the password. The keyring ends with its bus.
const KEYRING: &str =
    r#"printf '\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@""#;

enum Place {
    Keyring,
    BusOnly,
    NoBus,
}

/// Runs `body` in this place, by way of this very program.
fn inside(test: &str, place: &Place, body: impl AsyncFn()) {
    if std::env::var_os(INSIDE).is_some() {
        if matches!(place, Place::Keyring) {
            wait_for_keyring();
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime.block_on(body());
    }
    let home = tempfile::tempdir().unwrap();
    let bus = home.path().join("bus.conf");
    fs::write(&bus, BUS).unwrap();
    fs::create_dir_all(home.path().join("share")).unwrap();
    let program = std::env::current_exe().unwrap();
    let body = [program.to_str().unwrap(), "--exact", test, "--nocapture"];
    let mut command = match place {
        Place::NoBus => Command::new(body[0]),
        Place::Keyring | Place::BusOnly => Command::new("dbus-run-session"),
    };
    match place {
        Place::NoBus => command.args(&body[1..]),
        Place::BusOnly => command.arg("--config-file").arg(&bus).arg("--").args(body),
        Place::Keyring => {
            command.arg("--config-file").arg(&bus).args(["--", "sh", "-c", KEYRING, "sh"]).args(body)
        }
    };
    let status = quiet(&mut command, home.path()).status().expect("dbus and gnome-keyring are installed");
    assert!(status.success(), "inside: {status}");
}

/// The daemon goes to the background before it has its name on the bus.
fn wait_for_keyring() {
    const NAME: &str = "org.freedesktop.secrets";
    std::thread::spawn(|| {
        let connection = zbus::blocking::Connection::session().unwrap();
        let bus = zbus::blocking::fdo::DBusProxy::new(&connection).unwrap();
        let mut changes = bus.receive_name_owner_changed().unwrap();
        if bus.name_has_owner(NAME.try_into().unwrap()).unwrap() {
            return;
        }
        changes.find(|change| change.args().is_ok_and(|args| args.name() == NAME)).unwrap();
    })
    .join()
    .unwrap();
}

/// Nothing of the real session, and no display that could ask anybody.
fn quiet<'a>(command: &'a mut Command, home: &Path) -> &'a mut Command {
    command
        .env(INSIDE, "1")
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", home)
        .env("XDG_DATA_HOME", home.join("share"))
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("GNOME_KEYRING_CONTROL")
}

fn deployment(port: u16) -> Deployment {
    Deployment::parse(&World::new().deployment(port)).unwrap()
}

/// The session's of the platform at this port, by this person.
fn vault_at(port: u16) -> Vault {
    vault_of("aino", port)
}

/// The same by another person, who has a folder of their own and, by whatever mishap, this person's keychain.
fn vault_of(person: &str, port: u16) -> Vault {
    Vault::system(&deployment(port), &home().join(person))
}

fn proxy_vault(port: u16) -> Vault {
    Vault::system_proxy(&deployment(port), &home().join("aino"))
}

fn home() -> PathBuf {
    PathBuf::from(std::env::var_os("HOME").unwrap())
}

fn item(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.as_bytes().to_vec())
}

#[test]
fn an_item_comes_back_is_replaced_and_goes_away() {
    inside("an_item_comes_back_is_replaced_and_goes_away", &Place::Keyring, async || {
        let vault = vault_at(1);
        assert_eq!(vault.load().await.unwrap(), None);
        vault.delete().await.unwrap();
        vault.save(item("first")).await.unwrap();
        vault.save(item("second")).await.unwrap();
        assert_eq!(vault.load().await.unwrap(), Some(item("second")));
        let again = vault_at(1);
        assert_eq!(again.load().await.unwrap(), Some(item("second")), "as after a restart");
        assert_eq!(vault_at(2).load().await.unwrap(), None, "another origin's is another");
        vault.delete().await.unwrap();
        assert_eq!(again.load().await.unwrap(), None);
    });
}

#[test]
fn the_session_and_the_proxys_password_are_two_items() {
    inside("the_session_and_the_proxys_password_are_two_items", &Place::Keyring, async || {
        let (session, proxy) = (vault_at(1), proxy_vault(1));
        session.save(item("session")).await.unwrap();
        assert_eq!(proxy.load().await.unwrap(), None);
        proxy.save(item("password")).await.unwrap();
        assert_eq!(session.load().await.unwrap(), Some(item("session")));
        assert_eq!(proxy_vault(2).load().await.unwrap(), None);
        proxy.delete().await.unwrap();
        assert_eq!(session.load().await.unwrap(), Some(item("session")));
    });
}

#[test]
fn a_locked_keyring_is_not_an_empty_one() {
    inside("a_locked_keyring_is_not_an_empty_one", &Place::Keyring, async || {
        let vault = vault_at(1);
        vault.save(item("kept")).await.unwrap();
        std::thread::spawn(|| {
            let service = SecretService::connect(EncryptionType::Plain).unwrap();
            service.get_default_collection().unwrap().lock().unwrap();
        })
        .join()
        .unwrap();
        assert_eq!(vault.load().await.unwrap_err().code(), Code::KeychainLocked);
        assert_eq!(vault.save(item("new")).await.unwrap_err().code(), Code::KeychainLocked);
        assert_eq!(vault.delete().await.unwrap_err().code(), Code::KeychainLocked);
    });
}

#[test]
fn a_bus_without_a_keyring_has_no_keychain() {
    inside("a_bus_without_a_keyring_has_no_keychain", &Place::BusOnly, absent);
}

#[test]
fn no_bus_has_no_keychain() {
    inside("no_bus_has_no_keychain", &Place::NoBus, absent);
}

async fn absent() {
    let vault = vault_at(1);
    assert_eq!(vault.load().await.unwrap_err().code(), Code::KeychainAbsent);
    assert_eq!(vault.save(item("x")).await.unwrap_err().code(), Code::KeychainAbsent);
    assert_eq!(vault.delete().await.unwrap_err().code(), Code::KeychainAbsent);
}

#[test]
fn a_keyring_that_starts_later_is_found() {
    inside("a_keyring_that_starts_later_is_found", &Place::BusOnly, async || {
        let vault = vault_at(1);
        assert_eq!(vault.load().await.unwrap_err().code(), Code::KeychainAbsent);
        let started = Command::new("sh").args(["-c", KEYRING, "sh", "true"]).status().unwrap();
        assert!(started.success());
        wait_for_keyring();
        vault.save(item("kept")).await.unwrap();
        assert_eq!(vault.load().await.unwrap(), Some(item("kept")));
    });
}

#[test]
fn what_another_person_or_another_deployment_kept_is_not_believed() {
    inside("what_another_person_or_another_deployment_kept_is_not_believed", &Place::Keyring, async || {
        let mine = vault_at(1);
        mine.save(item("mine")).await.unwrap();
        let theirs = vault_of("eero", 1);
        assert_eq!(theirs.load().await.unwrap_err().code(), Code::KeychainForeign);
        // It is nobody's to throw away, either: it stays until they keep something themselves.
        assert_eq!(mine.load().await.unwrap(), Some(item("mine")));
        theirs.save(item("theirs")).await.unwrap();
        assert_eq!(theirs.load().await.unwrap(), Some(item("theirs")));
        assert_eq!(mine.load().await.unwrap_err().code(), Code::KeychainForeign);

        // Moved as it is to where another deployment's lies.
        vault_at(2).save(item("of the second")).await.unwrap();
        mine.save(item("of the first")).await.unwrap();
        let first = found(1);
        keep_as(2, &first);
        assert_eq!(vault_at(2).load().await.unwrap_err().code(), Code::KeychainForeign);
        // As a Polder of before kept it, or somebody by hand.
        keep_as(1, b"{\"schema\":1}");
        assert_eq!(mine.load().await.unwrap_err().code(), Code::KeychainDamaged);
        // Nobody knows any more who kept it.
        mine.save(item("mine")).await.unwrap();
        fs::remove_dir_all(home().join("aino")).unwrap();
        assert_eq!(vault_at(1).load().await.unwrap_err().code(), Code::KeychainForeign);
    });
}

#[test]
fn another_place_is_neither_read_nor_given_anything_before_the_person_was_told() {
    inside(
        "another_place_is_neither_read_nor_given_anything_before_the_person_was_told",
        &Place::Keyring,
        async || {
            let vault = vault_at(1);
            vault.save(item("first")).await.unwrap();
            let known = default_collection();
            let other = make_collection("elsewhere");
            assert_ne!(known, other);
            make_default(&other);
            // In the middle of a session nobody is told: nothing is kept.
            for _ in 0..2 {
                let refused = vault.save(item("second")).await.unwrap_err();
                assert_eq!(refused.code(), Code::KeychainChanged);
            }
            make_default(&known);
            assert_eq!(vault.load().await.unwrap(), Some(item("first")), "nothing was lost by it");

            // At the door the person is told, and signs in all the same.
            make_default(&other);
            let restarted = vault_at(1);
            assert_eq!(restarted.load().await.unwrap_err().code(), Code::KeychainChanged);
            restarted.save(item("third")).await.unwrap();
            assert_eq!(restarted.load().await.unwrap(), Some(item("third")));
            assert_eq!(vault_at(1).load().await.unwrap(), Some(item("third")), "as after a restart");
            // Now this one is known, and the one before is another.
            make_default(&known);
            assert_eq!(restarted.load().await.unwrap_err().code(), Code::KeychainChanged);
        },
    );
}

const SECRETS: &str = "org.freedesktop.secrets";
const SECRETS_PATH: &str = "/org/freedesktop/secrets";
const SERVICE: &str = "org.freedesktop.Secret.Service";

/// On a thread of its own: these calls block, and there is a runtime here.
fn on_the_bus<T: Send>(ask: impl FnOnce(&zbus::blocking::Connection) -> T + Send) -> T {
    std::thread::scope(|scope| {
        scope.spawn(|| ask(&zbus::blocking::Connection::session().unwrap())).join().unwrap()
    })
}

fn default_collection() -> OwnedObjectPath {
    on_the_bus(|bus| {
        let answer = bus.call_method(Some(SECRETS), SECRETS_PATH, Some(SERVICE), "ReadAlias", &"default");
        answer.unwrap().body().deserialize().unwrap()
    })
}

fn make_default(collection: &OwnedObjectPath) {
    on_the_bus(|bus| {
        bus.call_method(Some(SECRETS), SECRETS_PATH, Some(SERVICE), "SetAlias", &("default", collection))
            .unwrap();
    });
}

/// Another open keyring, made without a dialog by gnome-keyring's own means.
fn make_collection(label: &str) -> OwnedObjectPath {
    on_the_bus(|bus| {
        let opened = bus
            .call_method(
                Some(SECRETS),
                SECRETS_PATH,
                Some(SERVICE),
                "OpenSession",
                &("plain", Value::from("")),
            )
            .unwrap();
        let (_, session): (OwnedValue, OwnedObjectPath) = opened.body().deserialize().unwrap();
        let attributes = HashMap::from([("org.freedesktop.Secret.Collection.Label", Value::from(label))]);
        let password = (session, Vec::<u8>::new(), Vec::<u8>::new(), "text/plain");
        let made = bus
            .call_method(
                Some(SECRETS),
                SECRETS_PATH,
                Some("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"),
                "CreateWithMasterPassword",
                &(attributes, password),
            )
            .unwrap();
        made.body().deserialize().unwrap()
    })
}

/// How the item of the platform at this port is found.
fn attributes(user: &str) -> HashMap<&str, &str> {
    HashMap::from([("service", "Polder"), ("username", user)])
}

fn user(port: u16) -> String {
    let deployment = deployment(port);
    format!("{} {}", deployment.name(), deployment.origin())
}

/// What the keychain itself holds.
fn found(port: u16) -> Vec<u8> {
    std::thread::spawn(move || {
        let service = SecretService::connect(EncryptionType::Plain).unwrap();
        let found = service.search_items(attributes(&user(port))).unwrap();
        assert_eq!((found.unlocked.len(), found.locked.len()), (1, 0));
        found.unlocked[0].get_secret().unwrap()
    })
    .join()
    .unwrap()
}

fn keep_as(port: u16, secret: &[u8]) {
    std::thread::scope(|scope| {
        scope
            .spawn(|| {
                let service = SecretService::connect(EncryptionType::Plain).unwrap();
                let found = service.search_items(attributes(&user(port))).unwrap();
                found.unlocked[0].set_secret(secret, "text/plain").unwrap();
            })
            .join()
            .unwrap();
    });
}
