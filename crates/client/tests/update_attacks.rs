//! Somebody on the way, at the platform, at one of the keys, or at this computer while an update comes: nothing but the
//! signed release is ever put in place.

// A test that cannot go on fails.
#![allow(clippy::unwrap_used)]

#[path = "support/renewal.rs"]
mod renewal;
mod support;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::STANDARD};
use polder_client::gate::{Progress, Step};
use polder_client::update::Patience;
use polder_slots::Bad;
use polder_wire::{Code, UnixSeconds};
use renewal::{HASTY, NEW, Renewal};
use support::archive::{Published, SYSTEM, Slot, noise, pack};
use support::server::{Reply, Stop};
use support::tuf::Keys;
use support::{World, now};

const ARCHIVE: &str = ".polder.tar.zst";

/// Something else where the archive should be.
fn instead(renewal: &Renewal, change: impl Fn(Vec<u8>) -> Reply + Send + 'static) {
    let files = renewal.files.clone();
    renewal.meddle(move |request| {
        request.path.ends_with(ARCHIVE).then(|| change(files.lock().unwrap().answer(&request.path).body))
    });
}

fn remembered(renewal: &Renewal) -> Option<Bad> {
    let hash = support::tuf::sha256(&renewal.new.archive());
    renewal.slots().refused().unwrap().bad(&hex::decode(hash).unwrap().try_into().unwrap())
}

#[tokio::test]
async fn an_archive_without_end_is_cut_off() {
    for chunked in [false, true] {
        let mut renewal = Renewal::long();
        // So many bytes may take their time on a busy computer, and are not slow.
        renewal.patience.grace = Duration::from_secs(60);
        instead(&renewal, move |mut bytes| {
            bytes.extend(noise(4 << 20, 3));
            let mut reply = Reply::new(200, bytes);
            if chunked {
                let length = format!("{:x}\r\n", reply.body.len());
                reply.body = [length.as_bytes(), &reply.body, b"\r\n0\r\n\r\n"].concat();
                reply.chunked = true;
            }
            reply
        });
        let server = renewal.server().await;
        renewal.refused(renewal.update(server.port).await, Code::AnswerBroken);
        let kept = fs::metadata(renewal.part(&renewal.published.packed)).unwrap().len();
        assert!(kept <= renewal.published.packed.len() as u64, "{kept}");
    }
}

#[tokio::test]
async fn a_server_that_trickles_or_falls_silent_is_given_up_on() {
    let patience = Patience { grace: Duration::from_millis(400), bytes_per_second: 10_000_000, ..HASTY };
    for how in [Stop::Silent, Stop::Drip(Duration::from_millis(5))] {
        let mut renewal = Renewal::long();
        renewal.patience = patience;
        instead(&renewal, move |bytes| Reply::new(200, bytes).stopping_at(1_000, how));
        let server = renewal.server().await;
        let asked = tokio::time::timeout(Duration::from_secs(20), renewal.update(server.port)).await;
        renewal.refused(asked.expect("it is given up"), Code::TimedOut);
    }
}

#[tokio::test]
async fn an_archive_of_another_size_or_with_other_bytes_is_refused_and_the_release_is_not_blamed() {
    for code in [Code::AnswerBroken, Code::UpdateInterrupted] {
        let renewal = Renewal::long();
        instead(&renewal, move |mut bytes| {
            if code == Code::AnswerBroken {
                bytes.pop();
            } else {
                bytes[12_345] ^= 1;
            }
            Reply::new(200, bytes)
        });
        let server = renewal.server().await;
        renewal.refused(renewal.update(server.port).await, code);
        assert_eq!(remembered(&renewal), None);
        renewal.meddle(|_| None);
        renewal.update(server.port).await.unwrap();
        assert!(renewal.is_in_place());
    }
}

#[tokio::test]
async fn the_right_hash_with_a_wrong_minisign_signature_is_refused_and_not_fetched_again() {
    let other = World::new();
    let legacy = |renewal: &Renewal| {
        let bytes = &renewal.published.packed;
        legacy_signature(&renewal.world, bytes, &format!("product:polder version:{NEW} system:{SYSTEM}"))
    };
    type Sign<'a> = Box<dyn Fn(&Renewal) -> Vec<u8> + 'a>;
    let signs: [(&str, Sign<'_>); 7] = [
        ("another key", Box::new(|it| other.sign(&it.published.packed, NEW, SYSTEM))),
        ("other bytes", Box::new(|it| it.world.sign(b"other bytes", NEW, SYSTEM))),
        ("another version", Box::new(|it| it.world.sign(&it.published.packed, "0.3.1", SYSTEM))),
        ("another system", Box::new(|it| it.world.sign(&it.published.packed, NEW, "windows-x86_64"))),
        (
            "another product",
            Box::new(|it| {
                let comment = format!("product:dyke version:{NEW} system:{SYSTEM}");
                it.world.sign_saying(&it.published.packed, &comment)
            }),
        ),
        ("the old kind", Box::new(legacy)),
        ("none", Box::new(|_| b"no signature".to_vec())),
    ];
    for (what, sign) in &signs {
        let mut renewal = Renewal::long();
        let signature = sign(&renewal);
        renewal.change(|published| published.packed_signature = signature);
        let server = renewal.server().await;
        let refusal = renewal.update(server.port).await.expect_err(what);
        assert_eq!(refusal.code(), Code::ReleaseDoesNotHold, "{what}: {}", refusal.details());
        renewal.untouched();
        assert_eq!(remembered(&renewal), Some(Bad::DoesNotHold), "{what}");
        let sent = renewal.sent(ARCHIVE);
        renewal.refused(renewal.update(server.port).await, Code::ReleaseDoesNotHold);
        assert_eq!(renewal.sent(ARCHIVE), sent, "{what}: it is not fetched again");
    }
}

/// A good signature of the kind that is not prehashed, by the world's own key.
fn legacy_signature(world: &World, bytes: &[u8], comment: &str) -> Vec<u8> {
    let secret = world.minisign.sk.to_bytes();
    // Algorithm, derivation, checksum kind, salt, two limits, key id; then the key's 64 bytes.
    let at = 2 + 2 + 2 + 32 + 8 + 8;
    let (id, seed) = (&secret[at..at + 8], &secret[at + 8..at + 40]);
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).unwrap();
    assert!(world.minisign.pk.to_bytes().ends_with(pair.public_key().as_ref()), "it is the same key");
    let signature = pair.sign(bytes);
    let global = pair.sign(&[signature.as_ref(), comment.as_bytes()].concat());
    let tagged = STANDARD.encode([b"Ed", id, signature.as_ref()].concat());
    let global = STANDARD.encode(global.as_ref());
    format!("untrusted comment: x\n{tagged}\ntrusted comment: {comment}\n{global}\n").into_bytes()
}

#[tokio::test]
async fn a_release_whose_archive_holds_something_else_is_refused_and_remembered() {
    let older = |renewal: &Renewal| renewal.old.archive();
    let bomb = |renewal: &Renewal| [renewal.new.archive(), vec![0; 300 << 20]].concat();
    let other_file = |renewal: &Renewal| {
        let mut slot = renewal.new.clone();
        slot.files[1].1 = b"ho".to_vec();
        let mut bytes = renewal.new.archive();
        let at = bytes.windows(2).rposition(|pair| pair == b"hi").unwrap();
        bytes[at..at + 2].copy_from_slice(b"ho");
        bytes
    };
    let none = |_: &Renewal| b"no archive at all".to_vec();
    type Make = fn(&Renewal) -> Vec<u8>;
    let makes: [(&str, Make); 4] =
        [("an older release", older), ("a bomb", bomb), ("a changed file", other_file), ("no archive", none)];
    for (what, make) in makes {
        let mut renewal = Renewal::long();
        let packed = pack(&make(&renewal));
        let signature = renewal.world.sign(&packed, NEW, SYSTEM);
        renewal.change(|published| (published.packed, published.packed_signature) = (packed, signature));
        let server = renewal.server().await;
        let refusal = renewal.update(server.port).await.expect_err(what);
        assert_eq!(refusal.code(), Code::ReleaseDoesNotHold, "{what}: {}", refusal.details());
        renewal.untouched();
        assert_eq!(remembered(&renewal), Some(Bad::DoesNotHold), "{what}");
    }
}

#[tokio::test]
async fn a_release_whose_program_is_not_the_one_that_the_gate_would_ask_for_is_refused() {
    let mut renewal = Renewal::long();
    let program = noise(1_000, 5);
    let signature = renewal.world.sign(&program, NEW, SYSTEM);
    renewal.change(|it| (it.program, it.program_signature) = (program, signature));
    let server = renewal.server().await;
    renewal.refused(renewal.update(server.port).await, Code::ReleaseDoesNotHold);
}

#[tokio::test]
async fn who_stole_one_targets_key_and_not_the_other_offers_nothing() {
    let mut renewal = Renewal::new();
    let evil = Slot::new(&renewal.world, NEW, &[("polder", b"evil", true)]);
    Published::new(&renewal.world, &evil, None).add_to(&mut renewal.release);
    renewal.release.targets_signers = vec![1];
    let server = renewal.server().await;
    renewal.refused(renewal.update(server.port).await, Code::MetadataInvalid);
    assert_eq!(renewal.sent(ARCHIVE), 0);
}

#[tokio::test]
async fn who_stole_all_update_keys_still_lacks_the_minisign_key() {
    let mut renewal = Renewal::new();
    let thief = World::new();
    let evil = Slot::new(&thief, NEW, &[("polder", b"evil", true)]);
    Published::new(&thief, &evil, Some(&renewal.old)).add_to(&mut renewal.release);
    let server = renewal.server().await;
    renewal.refused(renewal.update(server.port).await, Code::ReleaseDoesNotHold);
}

#[tokio::test]
async fn a_root_that_was_rotated_away_from_a_stolen_key_leaves_the_thief_with_nothing() {
    let mut renewal = Renewal::new();
    let server = renewal.server().await;
    let gate = renewal.gate(server.port);
    let new = Keys::generate();
    let second = support::tuf::root_signed_by(
        &new,
        2,
        &[&renewal.world.keys.root[0], &renewal.world.keys.root[1], &new.root[0], &new.root[1]],
    );
    // The thief of all old online and targets keys signs a release after the rotation.
    renewal.files.lock().unwrap().files.insert("/updates/metadata/2.root.json".to_owned(), second);
    let refusal = gate.update(UnixSeconds(now()), &|_| {}).await;
    renewal.refused(refusal, Code::MetadataInvalid);
    renewal.world.keys = new;
}

#[tokio::test]
async fn an_artefact_that_is_swapped_after_it_was_verified_is_not_the_one_that_is_unpacked() {
    let renewal = Renewal::long();
    let server = renewal.server().await;
    let swapped = Arc::new(AtomicBool::new(false));
    let incoming = renewal.slots().incoming_folder();
    let (part, seen) = (renewal.part(&renewal.published.packed), Arc::clone(&swapped));
    let progress = move |progress: Progress| {
        // Another file under every name that it had.
        if progress.step == Step::Unpacking && progress.done == 0 {
            // Wine keeps the name of a file that was removed and is open, so that no other lies there.
            if cfg!(unix) {
                fs::remove_file(&part).ok();
                fs::write(&part, b"evil").unwrap();
            }
            fs::write(incoming.join("polder.tar.zst"), b"evil").unwrap();
            seen.store(true, Ordering::SeqCst);
        }
    };
    renewal.gate(server.port).update(UnixSeconds(now()), &progress).await.unwrap();
    assert!(swapped.load(Ordering::SeqCst) && renewal.is_in_place());
}

#[tokio::test]
async fn bytes_that_change_while_they_come_or_afterwards_are_found_and_the_release_is_not_blamed() {
    let renewal = Renewal::long();
    let server = renewal.server().await;
    let part = renewal.part(&renewal.published.packed);
    let whole = renewal.published.packed.len() as u64;
    let progress = move |progress: Progress| {
        // Into the very file, by somebody with this person's rights.
        if progress.step == Step::Downloading && progress.done == whole {
            use std::io::{Seek, Write};
            // The last piece may not be written yet; what is in front is, and was hashed.
            let mut file = fs::OpenOptions::new().write(true).open(&part).unwrap();
            file.seek(std::io::SeekFrom::Start(10_000)).unwrap();
            file.write_all(&[0; 64]).unwrap();
        }
    };
    let result = renewal.gate(server.port).update(UnixSeconds(now()), &progress).await;
    renewal.refused(result, Code::UpdateInterrupted);
    assert_eq!(remembered(&renewal), None);
    renewal.update(server.port).await.unwrap();
    assert!(renewal.is_in_place());
}

// Modes and links: wine makes neither.
#[cfg(unix)]
#[tokio::test]
async fn planted_parts_are_not_followed_written_to_or_believed() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    type Plant = fn(&Renewal, &std::path::Path);
    let plants: [(&str, Plant); 7] = [
        ("a link to a file of the person's", |renewal, part| {
            symlink(renewal.folder.path().join("precious"), part).unwrap();
        }),
        ("a second name of a file of the person's", |renewal, part| {
            fs::hard_link(renewal.folder.path().join("precious"), part).unwrap();
        }),
        ("a folder", |_, part| fs::create_dir(part).unwrap()),
        ("a pipe", |_, part| {
            let made = std::process::Command::new("mkfifo").arg(part).status().unwrap();
            assert!(made.success());
        }),
        ("other bytes, private", |_, part| {
            fs::write(part, noise(200_000, 7)).unwrap();
            fs::set_permissions(part, fs::Permissions::from_mode(0o600)).unwrap();
        }),
        ("other bytes of the right length, private", |renewal, part| {
            fs::write(part, noise(renewal.published.packed.len(), 7)).unwrap();
            fs::set_permissions(part, fs::Permissions::from_mode(0o600)).unwrap();
        }),
        ("more bytes than there are, for all to write", |renewal, part| {
            fs::write(part, noise(renewal.published.packed.len() + 1, 7)).unwrap();
            fs::set_permissions(part, fs::Permissions::from_mode(0o666)).unwrap();
        }),
    ];
    for (what, plant) in plants {
        let renewal = Renewal::long();
        let server = renewal.server().await;
        drop(renewal.slots().incoming().unwrap().unwrap());
        let precious = renewal.folder.path().join("precious");
        fs::write(&precious, b"precious").unwrap();
        fs::set_permissions(&precious, fs::Permissions::from_mode(0o600)).unwrap();
        plant(&renewal, &renewal.part(&renewal.published.packed));
        renewal.update(server.port).await.unwrap_or_else(|refusal| panic!("{what}: {}", refusal.details()));
        assert!(renewal.is_in_place(), "{what}");
        assert_eq!(fs::read(&precious).unwrap(), b"precious", "{what}");
    }
}

// Modes and links: wine makes neither.
#[cfg(unix)]
#[tokio::test]
async fn a_link_in_place_of_the_slots_folder_or_of_incoming_is_not_followed() {
    use std::os::unix::fs::symlink;
    for which in ["versions/local", "versions/local/incoming"] {
        let renewal = Renewal::new();
        let server = renewal.server().await;
        let elsewhere = renewal.folder.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        let link = renewal.data().join(which);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        fs::set_permissions(link.parent().unwrap(), std::os::unix::fs::PermissionsExt::from_mode(0o700))
            .unwrap();
        symlink(&elsewhere, &link).unwrap();
        let refusal = renewal.update(server.port).await.expect_err(which);
        assert_eq!(refusal.code(), Code::FolderCannotHoldPrograms, "{which}: {}", refusal.details());
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0, "{which}");
    }
}

// Modes and links: wine makes neither.
#[cfg(unix)]
#[tokio::test]
async fn a_link_in_place_of_the_new_slot_is_replaced_and_not_followed() {
    let renewal = Renewal::long();
    let server = renewal.server().await;
    drop(renewal.slots().incoming().unwrap().unwrap());
    let elsewhere = renewal.folder.path().join("elsewhere");
    renewal.new.lay_out(&elsewhere);
    fs::write(elsewhere.join("polder"), b"evil").unwrap();
    let slot = renewal.slots().slot(&NEW.parse().unwrap());
    std::os::unix::fs::symlink(&elsewhere, &slot).unwrap();
    renewal.update(server.port).await.unwrap();
    assert!(renewal.is_in_place());
    assert!(!fs::symlink_metadata(&slot).unwrap().is_symlink());
    assert_eq!(fs::read(elsewhere.join("polder")).unwrap(), b"evil", "what was linked to stays as it was");
}

#[tokio::test]
async fn a_release_that_was_withdrawn_is_not_offered() {
    let mut renewal = Renewal::new();
    let hash = support::tuf::sha256(renewal.new.program());
    renewal.release.policy["revoked"] = serde_json::json!([hash]);
    let server = renewal.server().await;
    renewal.refused(renewal.update(server.port).await, Code::UpdateNotOffered);
}

#[tokio::test]
async fn a_release_that_crashed_here_is_not_tried_again_and_a_later_one_is() {
    let mut renewal = Renewal::long();
    let server = renewal.server().await;
    let hash: [u8; 32] =
        hex::decode(support::tuf::sha256(&renewal.new.archive())).unwrap().try_into().unwrap();
    renewal.slots().lock().unwrap().unwrap().refuse(hash, &NEW.parse().unwrap(), Bad::Crashed).unwrap();
    let refusal = renewal.refused(renewal.update(server.port).await, Code::ReleaseDoesNotStart);
    assert!(refusal.details().starts_with("U-04 release-does-not-start"), "{}", refusal.details());
    assert_eq!(renewal.sent(ARCHIVE), 0);
    let next = Slot::new(&renewal.world, "0.4.0", &[("polder", b"mended", true)]);
    Published::new(&renewal.world, &next, None).add_to(&mut renewal.release);
    renewal.release.policy["newest"][SYSTEM] = "0.4.0".into();
    renewal.publish_as(2);
    assert_eq!(renewal.update(server.port).await.unwrap().version().to_string(), "0.4.0");
}

#[tokio::test]
async fn attempts_are_counted_and_end() {
    let renewal = Renewal::long();
    let server = renewal.server().await;
    let hash: [u8; 32] =
        hex::decode(support::tuf::sha256(&renewal.new.archive())).unwrap().try_into().unwrap();
    let version = NEW.parse().unwrap();
    for attempt in 1..=10 {
        assert_eq!(renewal.slots().lock().unwrap().unwrap().attempt(hash, &version).unwrap(), attempt);
    }
    renewal.refused(renewal.update(server.port).await, Code::ReleaseDoesNotStart);
    assert_eq!(remembered(&renewal), Some(Bad::TooOften));
}
