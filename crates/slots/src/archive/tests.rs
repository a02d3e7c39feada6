use std::fs;
use std::io::{Cursor, Read};
#[cfg(unix)]
use std::path::Path;

use proptest::prelude::*;
use semver::Version;

use super::*;
use crate::manifest::{MANIFEST, Manifest, SIGNATURE};
use crate::testing::{Publisher, Release};

const SYSTEM: &str = "linux-x86_64";
const ONE: Version = Version::new(1, 0, 0);

fn release(publisher: &Publisher) -> Release {
    let words = [b'w'; 700];
    publisher.release(&ONE, SYSTEM, &[("polder", b"program", true), ("share/deep/words", &words, false)])
}

/// Unpacks with the right key; what was written is thrown away when it fails.
fn unpacked(publisher: &Publisher, bytes: &[u8]) -> Result<(Manifest, tempfile::TempDir), ArchiveError> {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { length: bytes.len() as u64 };
    let manifest = unpack(bytes, folder.path(), &publisher.anchor(), (&ONE, SYSTEM), limits)?;
    Ok((manifest, folder))
}

fn fault(publisher: &Publisher, bytes: &[u8]) -> ArchiveError {
    unpacked(publisher, bytes).expect_err("it was refused")
}

/// Where the header of the n-th entry stands.
fn entry(release: &Release, index: usize) -> usize {
    let mut lengths = vec![release.json.len() as u64, release.signature.len() as u64];
    lengths.extend(release.manifest.files.iter().map(|file| file.length));
    lengths.iter().take(index).map(|length| BLOCK + *length as usize + padding(*length)).sum()
}

/// With another header at an entry, whose checksum is right.
fn with_header(release: &Release, index: usize, change: impl FnOnce(&mut tar::Header)) -> Vec<u8> {
    let mut bytes = release.archive();
    let at = entry(release, index);
    let mut header = tar::Header::from_byte_slice(&bytes[at..at + BLOCK]).clone();
    change(&mut header);
    header.set_cksum();
    bytes[at..at + BLOCK].copy_from_slice(header.as_bytes());
    bytes
}

#[test]
fn what_is_written_unpacks_to_the_same_files() {
    let publisher = Publisher::new();
    let release = release(&publisher);
    let archive = release.archive();
    assert_eq!(archive.len() as u64, length(&release.json, &release.signature).unwrap());
    let (manifest, folder) = unpacked(&publisher, &archive).unwrap();
    assert_eq!(manifest, release.manifest);
    for (listed, bytes) in release.manifest.files.iter().zip(&release.files) {
        let path = listed.path.below(folder.path());
        assert_eq!(&fs::read(&path).unwrap(), bytes);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = if listed.executable { 0o755 } else { 0o644 };
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o7777, mode);
        }
    }
    assert_eq!(fs::read(folder.path().join(MANIFEST)).unwrap(), release.json);
    assert_eq!(fs::read(folder.path().join(SIGNATURE)).unwrap(), release.signature);
}

// What it prints of modes is Unix's.
#[test]
#[cfg(unix)]
fn the_plain_tar_program_reads_it() {
    let publisher = Publisher::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("polder.tar");
    fs::write(&file, release(&publisher).archive()).unwrap();
    let listed =
        std::process::Command::new("tar").args(["--numeric-owner", "-tvf"]).arg(&file).output().unwrap();
    assert!(listed.status.success() && listed.stderr.is_empty(), "{listed:?}");
    let listed = String::from_utf8(listed.stdout).unwrap();
    let lines: Vec<Vec<&str>> = listed.lines().map(|line| line.split_whitespace().collect()).collect();
    let seen: Vec<_> = lines.iter().map(|line| (line[0], line[1], line[5])).collect();
    assert_eq!(
        seen,
        [
            ("-rw-r--r--", "0/0", MANIFEST),
            ("-rw-r--r--", "0/0", SIGNATURE),
            ("-rwxr-xr-x", "0/0", "polder"),
            ("-rw-r--r--", "0/0", "share/deep/words"),
        ]
    );
}

#[test]
fn an_entry_that_is_a_link_a_device_or_a_folder_is_refused() {
    let publisher = Publisher::new();
    let release = release(&publisher);
    use tar::EntryType::{Block, Char, Continuous, Directory, Fifo, GNULongName, Link, Symlink, XHeader};
    for kind in [Link, Symlink, Char, Block, Directory, Fifo, Continuous, GNULongName, XHeader] {
        for index in 0..4 {
            let bytes = with_header(&release, index, |header| header.set_entry_type(kind));
            assert!(matches!(fault(&publisher, &bytes), ArchiveError::Entry(_)), "{kind:?} {index}");
        }
    }
}

#[test]
fn an_entry_that_differs_from_the_list_in_anything_is_refused() {
    let publisher = Publisher::new();
    let release = release(&publisher);
    type Change = (&'static str, fn(&mut tar::Header));
    let changes: [Change; 9] = [
        ("escapes", |header| header.as_mut_bytes()[..9].copy_from_slice(b"../polder")),
        ("absolute", |header| header.as_mut_bytes()[..7].copy_from_slice(b"/polder")),
        ("another name", |header| header.set_path("other").unwrap()),
        ("a prefix", |header| header.as_mut_bytes()[345] = b'x'),
        ("setuid", |header| header.set_mode(0o4755)),
        ("open to all", |header| header.set_mode(0o777)),
        ("longer", |header| header.set_size(8)),
        ("an owner", |header| header.set_uid(1000)),
        ("a time", |header| header.set_mtime(1)),
    ];
    for (what, change) in changes {
        let bytes = with_header(&release, 2, change);
        assert!(matches!(fault(&publisher, &bytes), ArchiveError::Entry(_)), "{what}");
    }
}

#[test]
fn an_entry_too_many_too_few_or_in_another_order_is_refused() {
    let publisher = Publisher::new();
    let release = release(&publisher);
    let archive = release.archive();
    let (third, fourth, end) = (entry(&release, 2), entry(&release, 3), entry(&release, 4));
    let more = [&archive[..end], &archive[third..]].concat();
    assert!(matches!(fault(&publisher, &more), ArchiveError::Padding));
    let fewer = [&archive[..third], &archive[fourth..]].concat();
    assert!(matches!(fault(&publisher, &fewer), ArchiveError::Entry(name) if name == "polder"));
    let swapped =
        [&archive[..third], &archive[fourth..end], &archive[third..fourth], &archive[end..]].concat();
    assert!(matches!(fault(&publisher, &swapped), ArchiveError::Entry(name) if name == "polder"));
    let behind = [&archive[..], &[0]].concat();
    assert!(matches!(fault(&publisher, &behind), ArchiveError::Padding));
}

#[test]
fn an_archive_that_breaks_off_anywhere_is_refused() {
    let publisher = Publisher::new();
    let archive = release(&publisher).archive();
    for end in (0..archive.len()).step_by(64) {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { length: archive.len() as u64 };
        let result = unpack(&archive[..end], folder.path(), &publisher.anchor(), (&ONE, SYSTEM), limits);
        assert!(matches!(result, Err(ArchiveError::Short)), "{end}: {result:?}");
    }
}

#[test]
fn a_bomb_is_cut_off_at_the_signed_length() {
    let publisher = Publisher::new();
    let archive = release(&publisher).archive();
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { length: archive.len() as u64 - 1 };
    let result = unpack(archive.as_slice(), folder.path(), &publisher.anchor(), (&ONE, SYSTEM), limits);
    assert!(matches!(result, Err(ArchiveError::Long)), "{result:?}");
    // One that never ends, whose first header promises what nobody takes.
    let mut header = tar::Header::new_ustar();
    header.set_path(MANIFEST).unwrap();
    header.set_size(1 << 32);
    header.set_mode(0o644);
    header.set_cksum();
    let endless = Cursor::new(header.as_bytes().to_vec()).chain(std::io::repeat(b' '));
    let limits = Limits { length: u64::MAX };
    let result = unpack(endless, folder.path(), &publisher.anchor(), (&ONE, SYSTEM), limits);
    assert!(matches!(result, Err(ArchiveError::Entry(_))), "{result:?}");
}

#[test]
fn nothing_is_written_before_the_signature_holds() {
    let publisher = Publisher::new();
    let archive = release(&publisher).archive();
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { length: archive.len() as u64 };
    let other = Publisher::new().anchor();
    let result = unpack(archive.as_slice(), folder.path(), &other, (&ONE, SYSTEM), limits);
    assert!(matches!(result, Err(ArchiveError::Signature(SignatureFault::Key))), "{result:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_signature_of_another_release_or_of_changed_words_is_refused() {
    let publisher = Publisher::new();
    for comment in [
        "product:polder version:1.0.1 system:linux-x86_64",
        "product:polder version:1.0.0 system:windows-x86_64",
        "product:other version:1.0.0 system:linux-x86_64",
        "",
    ] {
        let mut other = release(&publisher);
        other.signature = publisher.sign(&other.json, comment);
        let fault = fault(&publisher, &other.archive());
        assert!(matches!(fault, ArchiveError::Signature(SignatureFault::Release)), "{comment}: {fault:?}");
    }
    let mut changed = release(&publisher);
    changed.json.push(b' ');
    let fault = fault(&publisher, &changed.archive());
    assert!(matches!(fault, ArchiveError::Signature(SignatureFault::Broken)), "{fault:?}");
}

#[test]
fn a_good_archive_of_another_release_is_refused() {
    let publisher = Publisher::new();
    let two = Version::new(2, 0, 0);
    let mut release = publisher.release(&two, SYSTEM, &[("polder", b"program", true)]);
    // Signed as the one that was asked for, by mistake.
    release.signature = publisher.sign(&release.json, "product:polder version:1.0.0 system:linux-x86_64");
    assert!(matches!(
        fault(&publisher, &release.archive()),
        ArchiveError::Release { version, .. } if version == two
    ));
}

#[test]
fn a_file_with_other_bytes_is_refused_when_it_is_written_and_when_it_is_read() {
    let publisher = Publisher::new();
    let release = release(&publisher);
    let mut bytes = release.archive();
    bytes[entry(&release, 2) + BLOCK] ^= 1;
    assert!(matches!(fault(&publisher, &bytes), ArchiveError::Bytes(name) if name == "polder"));
    for content in [&b"prograM"[..], b"progra", b"programs"] {
        let open = |_: &_| Ok(Box::new(Cursor::new(content.to_vec())) as Box<dyn Read>);
        let result = write(Vec::new(), &release.json, &release.signature, open);
        assert!(matches!(result, Err(ArchiveError::Bytes(_))), "{content:?}: {result:?}");
    }
}

// Wine makes no links.
#[test]
#[cfg(unix)]
fn a_link_that_lies_in_the_folder_is_not_followed() {
    let publisher = Publisher::new();
    let archive = release(&publisher).archive();
    let (folder, victim) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for name in ["polder", "share", MANIFEST] {
        let link = folder.path().join(name);
        std::os::unix::fs::symlink(victim.path().join("x"), &link).unwrap();
        let limits = Limits { length: archive.len() as u64 };
        let result = unpack(archive.as_slice(), folder.path(), &publisher.anchor(), (&ONE, SYSTEM), limits);
        assert!(matches!(result, Err(ArchiveError::Write(_))), "{name}: {result:?}");
        assert_eq!(fs::read_dir(victim.path()).unwrap().count(), 0);
        empty(folder.path());
    }
}

#[cfg(unix)]
fn empty(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.symlink_metadata().unwrap().is_dir() {
            fs::remove_dir_all(path).unwrap();
        } else {
            fs::remove_file(path).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn one_changed_bit_anywhere_is_refused(at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let publisher = Publisher::new();
        let release = release(&publisher);
        let mut bytes = release.archive();
        // The first line of a signature file is nobody's word and may say anything.
        let comment = entry(&release, 1) + BLOCK;
        let line = release.signature.iter().position(|byte| *byte == b'\n').unwrap();
        let at = at.index(bytes.len());
        prop_assume!(!(comment..=comment + line).contains(&at));
        bytes[at] ^= 1 << bit;
        prop_assert!(unpacked(&publisher, &bytes).is_err(), "{at}");
    }
}
