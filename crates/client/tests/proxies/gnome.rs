//! What GNOME's own program says, and what becomes of it where that program fails.

use std::time::{Duration, Instant};

use polder_client::keychain::Vault;
use polder_client::proxy::{Found, System};

use super::Bench;

/// Runs `body` in a process of its own that finds this program, and no other, as `gsettings`.
fn with_gsettings(test: &str, script: &str, body: impl AsyncFn()) {
    use std::os::unix::fs::PermissionsExt;
    if std::env::var_os("POLDER_TEST_CHILD").is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime.block_on(body());
    }
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("gsettings");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", test]).env("POLDER_TEST_CHILD", "1").env("PATH", folder.path());
    for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        child.env_remove(name);
    }
    let done = child.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}

async fn found_here() -> Found {
    let bench = Bench::new().await;
    bench.gate_of(System::of_this_computer(), Vault::memory()).network().system().await
}

#[test]
fn gnomes_setting_is_read_by_its_own_program() {
    let listing = r#"[ "$1 $2" = "list-recursively org.gnome.system.proxy" ] || exit 1
echo "org.gnome.system.proxy mode 'manual'"
echo "org.gnome.system.proxy.https host 'proxy.example'"
echo "org.gnome.system.proxy.https port 3128""#;
    with_gsettings("gnome::gnomes_setting_is_read_by_its_own_program", listing, async || {
        let found = found_here().await;
        let Found::Proxy(proxy) = found else { panic!("{found:?}") };
        assert_eq!((proxy.host.to_string().as_str(), proxy.port.get()), ("proxy.example", 3128));
    });
}

#[test]
fn a_gsettings_that_fails_says_nothing() {
    let failing = "echo \"org.gnome.system.proxy mode 'auto'\"; exit 1";
    with_gsettings("gnome::a_gsettings_that_fails_says_nothing", failing, async || {
        assert_eq!(found_here().await, Found::None);
    });
}

#[test]
fn a_gsettings_that_hangs_does_not_hold_the_gate_up() {
    let hanging = "echo \"org.gnome.system.proxy mode 'auto'\"; while :; do :; done";
    with_gsettings("gnome::a_gsettings_that_hangs_does_not_hold_the_gate_up", hanging, async || {
        let begin = Instant::now();
        assert_eq!(found_here().await, Found::None);
        assert!(begin.elapsed() < Duration::from_secs(4));
    });
}
