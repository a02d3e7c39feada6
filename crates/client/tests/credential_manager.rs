//! The Credential Manager of Windows, for real. Each test has items of its own, and takes them away again.
#![cfg(windows)]
// A test that cannot go on fails.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::PathBuf;

use keyring_core::api::CredentialStoreApi;
use polder_client::deployment::Deployment;
use polder_client::keychain::{MAX_ITEM, Vault};
use support::World;
use zeroize::Zeroizing;

/// Of a platform that there is only once, at a port that nothing is asked of.
fn deployment(port: u16) -> Deployment {
    Deployment::parse(&World::new().deployment(port)).unwrap()
}

/// What is known of the keychain lies in a folder of the test's own.
fn vault_at(port: u16) -> Vault {
    Vault::system(&deployment(port), &folder())
}

fn proxy_vault(port: u16) -> Vault {
    Vault::system_proxy(&deployment(port), &folder())
}

fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("polder-credentials-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn item(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.as_bytes().to_vec())
}

#[tokio::test]
async fn an_item_comes_back_is_replaced_and_goes_away() {
    let vault = vault_at(11);
    assert_eq!(vault.load().await.unwrap(), None);
    vault.delete().await.unwrap();
    vault.save(item("first")).await.unwrap();
    vault.save(item("second")).await.unwrap();
    assert_eq!(vault.load().await.unwrap(), Some(item("second")));
    let again = vault_at(11);
    assert_eq!(again.load().await.unwrap(), Some(item("second")), "as after a restart");
    assert_eq!(vault_at(12).load().await.unwrap(), None, "another origin's is another");
    vault.delete().await.unwrap();
    assert_eq!(again.load().await.unwrap(), None);
}

#[tokio::test]
async fn the_session_and_the_proxys_password_are_two_items() {
    let (session, proxy) = (vault_at(21), proxy_vault(21));
    session.save(item("session")).await.unwrap();
    assert_eq!(proxy.load().await.unwrap(), None);
    proxy.save(item("password")).await.unwrap();
    assert_eq!(session.load().await.unwrap(), Some(item("session")));
    assert_eq!(proxy_vault(22).load().await.unwrap(), None);
    proxy.delete().await.unwrap();
    assert_eq!(session.load().await.unwrap(), Some(item("session")));
    session.delete().await.unwrap();
}

#[tokio::test]
async fn the_largest_item_comes_back_byte_by_byte() {
    let vault = vault_at(31);
    // Every byte there is: it is no text.
    let largest = Zeroizing::new((0..MAX_ITEM).map(|index| index.to_le_bytes()[0]).collect::<Vec<u8>>());
    vault.save(largest.clone()).await.unwrap();
    assert_eq!(vault.load().await.unwrap(), Some(largest));
    vault.delete().await.unwrap();
}

#[tokio::test]
async fn an_item_stays_on_this_computer() {
    let vault = vault_at(41);
    vault.save(item("a key of this device")).await.unwrap();
    // As the system has it, whatever it was asked for.
    let store = windows_native_keyring_store::Store::new().unwrap();
    let entry = store.build("Polder", "local https://localhost:41", None).unwrap();
    assert!(entry.get_secret().unwrap().ends_with(b":a key of this device"));
    let attributes = entry.get_attributes().unwrap();
    assert_eq!(attributes.get("persistence").map(String::as_str), Some("Local"), "{attributes:?}");
    vault.delete().await.unwrap();
}
