//! Slots and pointers that somebody put there or changed.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::desk::{Desk, program_name, v};

/// A slot of 2.0.0 that is settled, over one of 1.0.0, after `change`: what runs, and what was said.
fn after(change: impl FnOnce(&Desk, &Path)) -> (Vec<String>, String) {
    let desk = Desk::new();
    desk.settle("1.0.0", "exit 0");
    desk.settle("2.0.0", "exit 0");
    change(&desk, &desk.slot("2.0.0"));
    let launched = desk.launch();
    assert_eq!(launched.code, 0, "{launched:?}");
    (desk.ran(), launched.said)
}

#[test]
fn a_slot_that_was_changed_in_any_way_is_not_started() {
    type Change = (&'static str, &'static str, fn(&Desk, &Path));
    let changes: Vec<Change> = vec![
        ("a byte of the program", "has been changed", |_, slot| flip(&slot.join(program_name()))),
        ("a byte of another file", "has been changed", |_, slot| flip(&slot.join("part"))),
        ("a longer file", "has been changed", |_, slot| fs::write(slot.join("part"), "exit 0\n\n").unwrap()),
        ("a planted file", "is not listed", |_, slot| fs::write(slot.join("libevil.so"), "x").unwrap()),
        ("a planted folder", "is not listed", |_, slot| fs::create_dir(slot.join("lib")).unwrap()),
        ("a file that is gone", "listed and not there", |_, slot| {
            fs::remove_file(slot.join("part")).unwrap();
        }),
        ("no manifest", "listed and not there", |_, slot| {
            fs::remove_file(slot.join("manifest.json")).unwrap();
        }),
        ("a byte of the manifest", "signature", |_, slot| {
            let file = slot.join("manifest.json");
            let text = fs::read_to_string(&file).unwrap();
            fs::write(&file, text.replace("\"length\":6", "\"length\":7")).unwrap();
        }),
        ("another release under this name", "is of 1.0.0", |desk, slot| {
            fs::remove_dir_all(slot).unwrap();
            fs::rename(desk.slot("1.0.0"), slot).unwrap();
            desk.place(&desk.release("1.0.0", "exit 0"));
        }),
    ];
    // Modes, links and pipes: Windows has the first not at all, and wine makes none of the others.
    #[cfg(unix)]
    let more: [Change; 8] = [
        ("a link for the program", "not a plain file", |desk, slot| {
            fs::rename(slot.join("polder"), desk.data().join("same")).unwrap();
            symlink(desk.data().join("same"), slot.join("polder")).unwrap();
        }),
        ("a link for the slot", "not a plain file", |desk, slot| {
            fs::rename(slot, desk.data().join("2.0.0")).unwrap();
            symlink(desk.data().join("2.0.0"), slot).unwrap();
        }),
        ("a pipe for a file", "not a plain file", |_, slot| {
            fs::remove_file(slot.join("part")).unwrap();
            assert!(std::process::Command::new("mkfifo").arg(slot.join("part")).status().unwrap().success());
        }),
        ("a program that others may write", "has rights", |_, slot| chmod(&slot.join("polder"), 0o775)),
        ("a folder that others may write", "has rights", |_, slot| chmod(slot, 0o777)),
        ("a file that may be run", "has rights", |_, slot| chmod(&slot.join("part"), 0o755)),
        ("a program that may not be run", "has rights", |_, slot| chmod(&slot.join("polder"), 0o644)),
        ("a program with somebody's rights", "has rights", |_, slot| chmod(&slot.join("polder"), 0o4755)),
    ];
    #[cfg(not(unix))]
    let more: [Change; 0] = [];
    for (what, words, change) in changes.into_iter().chain(more) {
        let (ran, said) = after(change);
        assert_eq!(ran, ["1.0.0"], "{what}: {said}");
        assert!(said.contains(words), "{what}: {said}");
    }
}

#[test]
fn a_slot_that_somebody_else_signed_or_for_something_else_is_not_started() {
    type Sign = (&'static str, fn(&Desk, &[u8]) -> Vec<u8>);
    const COMMENT: &str = "product:polder version:2.0.0 system:";
    let signatures: [Sign; 4] = [
        ("another key", |_, json| {
            let comment = format!("{COMMENT}{}", polder_wire::update::this_system());
            polder_slots::testing::Publisher::new().sign(json, &comment)
        }),
        ("another version", |desk, json| {
            desk.publisher.sign(json, &polder_wire::update::trusted_comment(&v("2.0.1"), "linux-x86_64"))
        }),
        ("another system", |desk, json| desk.publisher.sign(json, &format!("{COMMENT}plan9-x86_64"))),
        ("another product", |desk, json| {
            desk.publisher.sign(json, "product:other version:2.0.0 system:linux-x86_64")
        }),
    ];
    for (what, sign) in signatures {
        let (ran, said) = after(|desk, slot| {
            let json = fs::read(slot.join("manifest.json")).unwrap();
            fs::write(slot.join("manifest.json.minisig"), sign(desk, &json)).unwrap();
        });
        assert_eq!(ran, ["1.0.0"], "{what}: {said}");
        assert!(said.contains("signature"), "{what}: {said}");
    }
}

#[test]
fn a_pointer_that_leads_elsewhere_or_is_damaged_counts_as_none() {
    let outside = r#"{"schema":1,"current":"../../../outside","before":null,"confirmed":true,"starts":0}"#;
    let absolute = r#"{"schema":1,"current":"/tmp","before":"..","confirmed":true,"starts":0}"#;
    let gone = r#"{"schema":1,"current":"9.9.9","before":"8.8.8","confirmed":true,"starts":0}"#;
    for pointer in [outside, absolute, gone, "", "{", "null", "\0\0\0\0"] {
        let (ran, _) = after(|desk, _| {
            desk.release("9.9.9", "exit 0").lay_out(&desk.data().parent().unwrap().join("outside"));
            fs::write(desk.slots().folder().join("current.json"), pointer).unwrap();
        });
        assert_eq!(ran, ["2.0.0"], "{pointer}");
    }
}

#[test]
fn a_pointer_that_is_a_link_a_folder_or_without_end_counts_as_none() {
    let old = r#"{"schema":1,"current":"1.0.0","before":null,"confirmed":true,"starts":0}"#;
    type Put = fn(&Path, &str);
    let put: [Put; 3] = [
        // Wine makes no links; a file without a word in it stands for it there.
        #[cfg(unix)]
        |file, old| {
            let elsewhere = file.with_file_name("elsewhere");
            fs::write(&elsewhere, old).unwrap();
            symlink(elsewhere, file).unwrap();
        },
        #[cfg(not(unix))]
        |file, _| fs::write(file, b"").unwrap(),
        |file, _| fs::create_dir(file).unwrap(),
        |file, old| fs::write(file, format!("{old}{}", " ".repeat(1 << 20))).unwrap(),
    ];
    for put in put {
        let (ran, said) = after(|desk, _| {
            let file = desk.slots().folder().join("current.json");
            fs::remove_file(&file).unwrap();
            put(&file, old);
        });
        assert_eq!(ran, ["2.0.0"], "{said}");
    }
}

#[test]
fn where_no_slot_holds_the_package_is_started_and_without_one_nothing() {
    let desk = Desk::new();
    desk.package("1.0.0", "exit 0");
    desk.settle("2.0.0", "exit 0");
    flip(&desk.slot("2.0.0").join(program_name()));
    assert_eq!(desk.launch().code, 0);
    assert_eq!(desk.ran(), ["1.0.0"]);

    flip(&desk.launcher().with_file_name("slot").join(program_name()));
    let launched = desk.launch();
    assert_eq!(launched.code, 69);
    assert!(launched.said.contains("Polder cannot be started"), "{launched:?}");
    assert_eq!(desk.ran(), [""; 0]);
}

#[test]
fn a_launcher_without_a_deployment_starts_nothing() {
    let desk = Desk::new();
    desk.settle("1.0.0", "exit 0");
    let mut command = desk.command();
    let output = command.env_remove("POLDER_E2E_DEPLOYMENT").output().unwrap();
    assert_eq!(output.status.code(), Some(69));
    assert!(String::from_utf8_lossy(&output.stderr).contains("built for no platform"), "{output:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_swapped_at_the_moment_of_the_start_does_not_run() {
    let desk = Desk::new();
    desk.settle("1.0.0", "note checked\nexit 0");
    let program = desk.slot("1.0.0").join("polder");
    // Stopped where it starts a program, after every check.
    let log = desk.data().join("log");
    let mut command = desk.around(Path::new("strace"));
    command.args(["-f", "--quiet=all", "-o"]).arg(&log).args(["-e", "trace=execve"]);
    command.args(["-e", "inject=execve:delay_enter=1500000:when=1"]).arg(desk.launcher());
    // The launcher's own start is the first of its process, the program's the first of the next.
    let mut launcher = command.spawn().expect("this test needs strace: apt-get install strace");
    crate::desk::until(|| started(&log));
    fs::rename(&program, program.with_file_name("old")).unwrap();
    fs::copy("/bin/true", &program).unwrap();
    assert!(launcher.wait().unwrap().success());
    assert_eq!(desk.ran(), ["1.0.0", "checked"]);
}

/// Whether the launcher is about to start its program.
#[cfg(target_os = "linux")]
fn started(log: &Path) -> bool {
    fs::read_to_string(log).unwrap_or_default().contains("/proc/self/fd/")
}

fn flip(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(file, bytes).unwrap();
}

#[cfg(unix)]
fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
