//! What the desktop is set to: GNOME's own program and what becomes of it where that fails, and KDE's file.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use polder_client::keychain::Vault;
use polder_client::proxy::{Found, System};

use super::Bench;

/// Runs `body` in a process of its own that finds this program, and no other, as `gsettings`.
fn with_gsettings(test: &str, script: &str, body: impl AsyncFn()) {
    on_desktop(test, script, |_, _| {}, body);
}

/// The same on a desktop that is set up first, with a folder of its own.
fn on_desktop(test: &str, script: &str, with: impl Fn(&mut Command, &Path), body: impl AsyncFn()) {
    use std::os::unix::fs::PermissionsExt;
    if std::env::var_os("POLDER_TEST_CHILD").is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime.block_on(body());
    }
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("gsettings");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", test]).env("POLDER_TEST_CHILD", "1").env("PATH", folder.path());
    for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "XDG_CURRENT_DESKTOP"] {
        child.env_remove(name);
    }
    with(&mut child, folder.path());
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
    with_gsettings("desktop::gnomes_setting_is_read_by_its_own_program", listing, async || {
        let found = found_here().await;
        let Found::Proxy(proxy) = found else { panic!("{found:?}") };
        assert_eq!((proxy.host.to_string().as_str(), proxy.port.get()), ("proxy.example", 3128));
    });
}

#[test]
fn a_gsettings_that_fails_says_nothing() {
    let failing = "echo \"org.gnome.system.proxy mode 'auto'\"; exit 1";
    with_gsettings("desktop::a_gsettings_that_fails_says_nothing", failing, async || {
        assert_eq!(found_here().await, Found::None);
    });
}

#[test]
fn a_gsettings_that_hangs_does_not_hold_the_gate_up() {
    let hanging = "echo \"org.gnome.system.proxy mode 'auto'\"; while :; do :; done";
    with_gsettings("desktop::a_gsettings_that_hangs_does_not_hold_the_gate_up", hanging, async || {
        let begin = Instant::now();
        assert_eq!(found_here().await, Found::None);
        assert!(begin.elapsed() < Duration::from_secs(4));
    });
}

#[test]
fn on_kde_its_own_file_counts_and_gnomes_setting_does_not() {
    let gnome = "echo \"org.gnome.system.proxy mode 'auto'\"";
    let kde = |child: &mut Command, folder: &Path| {
        let file = "[Proxy Settings]\nProxyType=1\nhttpsProxy=http://proxy.example 3128\n";
        std::fs::write(folder.join("kioslaverc"), file).unwrap();
        child.env("XDG_CURRENT_DESKTOP", "KDE").env("XDG_CONFIG_HOME", folder);
    };
    on_desktop("desktop::on_kde_its_own_file_counts_and_gnomes_setting_does_not", gnome, kde, async || {
        let found = found_here().await;
        let Found::Proxy(proxy) = found else { panic!("{found:?}") };
        assert_eq!((proxy.host.to_string().as_str(), proxy.port.get()), ("proxy.example", 3128));
    });
}

#[test]
fn on_kde_without_a_setting_there_is_no_proxy() {
    let gnome = "echo \"org.gnome.system.proxy mode 'auto'\"";
    let kde = |child: &mut Command, folder: &Path| {
        child.env("XDG_CURRENT_DESKTOP", "KDE").env("XDG_CONFIG_HOME", folder);
    };
    on_desktop("desktop::on_kde_without_a_setting_there_is_no_proxy", gnome, kde, async || {
        assert_eq!(found_here().await, Found::None);
    });
}
