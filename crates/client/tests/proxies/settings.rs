//! What is kept, and where: the choice in a file, the password in the keychain.

use polder_client::keychain::{Keychain, KeychainError, LIMIT, MemoryKeychain, Vault};
use polder_client::proxy::{Choice, PasswordChange, PasswordKept, Setting, System};
use polder_wire::Code;
use zeroize::Zeroizing;

use super::support::proxy::{Manner, Proxy};
use super::{Bench, basic, check, https_proxy, manual, refused, typed};

#[tokio::test]
async fn the_password_is_in_no_file_and_does_not_print() {
    let bench = Bench::new().await;
    let gate = bench.gate();
    let set = gate.network().set(manual(3128, Some("ada")), typed("hunter2")).await.unwrap();
    let text = std::fs::read_to_string(bench.file()).unwrap();
    assert_eq!(
        text,
        r#"{"schema":1,"choice":"manual","host":"127.0.0.1","port":3128,"user":"ada","in_keychain":true}"#
    );
    for entry in std::fs::read_dir(bench.file().parent().unwrap()).unwrap() {
        assert!(!std::fs::read_to_string(entry.unwrap().path()).unwrap().contains("hunter2"));
    }
    let printed = format!("{gate:?} {:?} {set:?} {:?}", gate.network(), typed("hunter2"));
    assert!(!printed.contains("hunter2"), "{printed}");
}

#[tokio::test]
async fn the_password_stays_is_replaced_and_goes() {
    let bench = Bench::new().await;
    let vault = Vault::memory();
    let gate = bench.gate_of(System::of_environment(|_| None), vault.clone());
    let network = gate.network();
    let kept = async || vault.load().await.unwrap().map(|item| String::from_utf8(item.to_vec()).unwrap());
    let ada = || manual(3128, Some("ada"));
    network.set(ada(), typed("one")).await.unwrap();
    network.set(ada(), typed("two")).await.unwrap();
    let still = network.set(manual(3129, Some("ada")), PasswordChange::Keep).await.unwrap();
    assert_eq!((still.password, kept().await.as_deref()), (PasswordKept::Keychain, Some("two")));
    assert_eq!(network.setting().await.unwrap(), still);
    let gone = network.set(ada(), PasswordChange::Forget).await.unwrap();
    assert_eq!((gone.password, kept().await), (PasswordKept::No, None));
    // Without a user it belongs to nobody.
    network.set(ada(), typed("three")).await.unwrap();
    let nobody = network.set(Choice::System, PasswordChange::Keep).await.unwrap();
    assert_eq!((nobody.password, kept().await), (PasswordKept::No, None));
    network.set(manual(3128, None), typed("four")).await.unwrap();
    assert_eq!(kept().await, None);
}

/// A keychain that is not there.
struct Absent;

impl Keychain for Absent {
    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        Err(KeychainError::Absent(None))
    }
    fn save(&mut self, _: &[u8]) -> Result<(), KeychainError> {
        Err(KeychainError::Absent(None))
    }
    fn delete(&mut self) -> Result<(), KeychainError> {
        Err(KeychainError::Absent(None))
    }
}

#[tokio::test]
async fn without_a_keychain_the_password_lasts_for_this_run() {
    let bench = Bench::new().await;
    let proxy = Proxy::start(Manner::Asks(basic("ada", "hunter2"))).await;
    let gate = bench.gate_of(System::of_environment(|_| None), Vault::new(Absent, LIMIT));
    let choice = manual(proxy.port, Some("ada"));
    let set = gate.network().set(choice.clone(), typed("hunter2")).await.unwrap();
    assert_eq!(set, Setting { choice: choice.clone(), password: PasswordKept::ThisRun });
    check(&gate).await.unwrap();
    check(&gate.clone()).await.unwrap();
    // In the next run it is gone, and the choice is not.
    let next = bench.gate_of(System::of_environment(|_| None), Vault::new(Absent, LIMIT));
    assert_eq!(next.network().setting().await.unwrap(), Setting { choice, password: PasswordKept::No });
    refused(check(&next).await, Code::ProxySignIn);
    let gone = gate.network().set(manual(proxy.port, Some("ada")), PasswordChange::Forget).await.unwrap();
    assert_eq!(gone.password, PasswordKept::No);
}

/// A keychain that takes everything, gives back something else, and lets nothing go.
struct Stubborn(MemoryKeychain);

impl Keychain for Stubborn {
    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        self.0.load()
    }
    fn save(&mut self, item: &[u8]) -> Result<(), KeychainError> {
        self.0.save(item)
    }
    fn delete(&mut self) -> Result<(), KeychainError> {
        Err(KeychainError::Locked(None))
    }
}

#[tokio::test]
async fn a_forgotten_password_is_not_used_even_where_the_keychain_keeps_it() {
    let bench = Bench::new().await;
    let proxy = Proxy::start(Manner::Asks(basic("ada", "hunter2"))).await;
    let vault = Vault::new(Stubborn(MemoryKeychain::default()), LIMIT);
    let gate = bench.gate_of(System::of_environment(|_| None), vault.clone());
    let ada = || manual(proxy.port, Some("ada"));
    gate.network().set(ada(), typed("hunter2")).await.unwrap();
    check(&gate).await.unwrap();
    for (choice, change) in [(ada(), PasswordChange::Forget), (Choice::Direct, PasswordChange::Keep)] {
        gate.network().set(choice, change).await.unwrap();
        let back = gate.network().set(ada(), PasswordChange::Keep).await.unwrap();
        assert_eq!(back.password, PasswordKept::No);
        assert!(vault.load().await.unwrap().is_some(), "it is still there");
        refused(check(&gate).await, Code::ProxySignIn);
    }
}

#[tokio::test]
async fn a_damaged_item_is_no_password() {
    let bench = Bench::new().await;
    let proxy = Proxy::start(Manner::Tunnels).await;
    let vault = Vault::memory();
    let gate = bench.gate_of(System::of_environment(|_| None), vault.clone());
    gate.network().set(manual(proxy.port, Some("ada")), typed("hunter2")).await.unwrap();
    vault.save(Zeroizing::new(vec![0xff])).await.unwrap();
    check(&gate).await.unwrap();
    assert!(proxy.heads().iter().all(|head| !head.contains("Authorization")));
}

/// A keychain that a person would have to open.
struct Unasked;

impl Keychain for Unasked {
    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        panic!("nobody may ask")
    }
    fn save(&mut self, _: &[u8]) -> Result<(), KeychainError> {
        Ok(())
    }
    fn delete(&mut self) -> Result<(), KeychainError> {
        panic!("nobody may ask")
    }
}

#[tokio::test]
async fn the_keychain_is_asked_only_on_the_way_through_a_proxy_that_has_a_password() {
    let bench = Bench::new().await;
    let vault = Vault::new(Unasked, LIMIT);
    let gate = bench.gate_of(System::of_environment(|_| None), vault.clone());
    check(&gate).await.unwrap();
    let set = gate.network().set(manual(3128, Some("ada")), typed("hunter2")).await.unwrap();
    assert_eq!(gate.network().setting().await.unwrap(), set);
    // A keychain that panicked takes nothing any more.
    let still = gate.network().set(manual(3128, Some("ada")), typed("hunter2")).await.unwrap();
    assert_eq!(still.password, PasswordKept::Keychain);
}

#[tokio::test]
async fn a_damaged_file_leaves_it_to_the_system() {
    let bench = Bench::new().await;
    let proxy = Proxy::start(Manner::Tunnels).await;
    let gate = bench.gate_in(https_proxy(proxy.port));
    std::fs::create_dir_all(bench.file().parent().unwrap()).unwrap();
    std::fs::write(bench.file(), r#"{"schema":1,"choice":"dir"#).unwrap();
    assert_eq!(gate.network().setting().await.unwrap().choice, Choice::System);
    check(&gate).await.unwrap();
    assert!(!proxy.heads().is_empty());
    // And the next choice is written over it.
    gate.network().set(Choice::Direct, PasswordChange::Keep).await.unwrap();
    assert_eq!(gate.network().setting().await.unwrap().choice, Choice::Direct);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_leaves_the_gate_shut() {
    let bench = Bench::new().await;
    let gate = bench.gate();
    std::fs::create_dir_all(bench.file()).unwrap();
    refused(check(&gate).await, Code::StoreUnwritable);
    let fault = gate.network().set(Choice::Direct, PasswordChange::Keep).await.unwrap_err();
    assert_eq!(fault.code(), Code::StoreUnwritable);
}

// By a link: wine makes none.
#[cfg(unix)]
#[tokio::test]
async fn a_file_that_cannot_be_written_changes_nothing() {
    let bench = Bench::new().await;
    let vault = Vault::memory();
    let gate = bench.gate_of(System::of_environment(|_| None), vault.clone());
    // A link to nowhere: nothing can be read there, which is no error, and no folder can be made there.
    let folder = bench.file().parent().unwrap().to_owned();
    std::fs::create_dir_all(folder.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink("nowhere/at/all", &folder).unwrap();
    let fault = gate.network().set(manual(3128, Some("ada")), typed("hunter2")).await.unwrap_err();
    assert_eq!(fault.code(), Code::StoreUnwritable);
    assert_eq!(vault.load().await.unwrap(), None);
    assert_eq!(gate.network().setting().await.unwrap().choice, Choice::System);
}
