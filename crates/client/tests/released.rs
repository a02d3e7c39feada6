//! What the release tool makes is what the client takes: over the network, by a difference, and as a file.

// A test that cannot go on fails.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use aws_lc_rs::rand::SystemRandom;
use base64::{Engine, engine::general_purpose::STANDARD};
use polder_client::deployment::Deployment;
use polder_client::gate::{Gate, Installed};
use polder_client::keychain::Vault;
use polder_client::proxy::System;
use polder_signing::{Content, Expiries, Keys, MinisignKey, Release, Repository, Versions};
use polder_slots::archive::{Limits, unpack};
use polder_slots::{Anchor, Slots};
use polder_wire::UnixSeconds;
use polder_wire::update::Policy;
use semver::Version;
use support::archive::{SYSTEM, noise};
use support::server::Server;
use support::tuf::Files;
use support::{World, now};

const OLD: Version = Version::new(0, 2, 0);
const NEW: Version = Version::new(0, 3, 0);

/// Everything below a folder, as a platform serves it.
fn served(folder: &Path) -> Files {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let parts = path.strip_prefix(folder).unwrap().iter().map(|part| part.to_str().unwrap());
                let name = parts.collect::<Vec<_>>().join("/");
                files.insert(format!("/updates/{name}"), fs::read(path).unwrap());
            }
        }
    }
    Files { files, date: Some(now()) }
}

#[tokio::test]
async fn what_the_release_tool_makes_is_taken_from_the_platform_and_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (keys, minisign) = (Keys::generate(&SystemRandom::new()).unwrap(), MinisignKey::generate().unwrap());
    let old_program = noise(400_000, 1);
    let mut program = old_program.clone();
    program[200_000..200_004].copy_from_slice(b"new!");
    let sign = |version: &Version, program: &[u8], older: &[(Version, &[u8])]| {
        let release = Release::sign(&minisign, version.clone(), SYSTEM.to_owned(), program.to_vec()).unwrap();
        release.with_archive(&minisign, older, polder_signing::release::Effort::Release).unwrap()
    };
    let old = sign(&OLD, &old_program, &[]);
    let old_archive = old.archive.as_ref().unwrap().unpacked.clone();
    let new = sign(&NEW, &program, &[(OLD, &old_archive)]);
    let policy = Policy {
        schema: 1,
        issued: UnixSeconds(now() - 60),
        min_version: NEW,
        newest: BTreeMap::from([(SYSTEM.to_owned(), NEW)]),
        revoked: Vec::new(),
        next_pins: Vec::new(),
    };
    let content = Content { policy, releases: vec![old, new] };
    let terms = Expiries::from(UnixSeconds(now()));
    let repository = Repository::sign(&keys, &content, Versions::all(1), terms).unwrap();
    repository.write(&folder.path().join("repository")).unwrap();

    let world = World::new();
    let files = served(&folder.path().join("repository"));
    let server = Server::start(world.identity(), move |request| files.answer_to(request)).await;
    let mut deployment = world.deployment_value(server.port);
    deployment["root"] = STANDARD.encode(repository.root()).into();
    deployment["minisign_key"] = minisign.public().into();
    let deployment = Deployment::parse(deployment.to_string().as_bytes()).unwrap();
    let anchor = Anchor::new(minisign_verify::PublicKey::from_base64(&minisign.public()).unwrap());
    let slot = folder.path().join("slot");
    fs::create_dir(&slot).unwrap();
    let limits = Limits { length: old_archive.len() as u64 };
    unpack(old_archive.as_slice(), &slot, &anchor, (&OLD, SYSTEM), limits).unwrap();

    let gate = |data: &str| {
        let data = folder.path().join(data);
        let installed = Installed { version: OLD, system: SYSTEM.to_owned(), program: slot.join("polder") };
        Gate::new(deployment.clone(), installed, &data)
            .with_network(System::of_environment(|_| None), Vault::memory())
            .with_slots(Slots::at(&data, "local"))
    };
    let staged = gate("by network").update(UnixSeconds(now()), &|_| {}).await;
    assert_eq!(*staged.unwrap_or_else(|refusal| panic!("{}", refusal.details())).version(), NEW);
    let asked: Vec<_> = server.requests().into_iter().map(|request| request.path).collect();
    assert!(asked.iter().any(|path| path.ends_with(".from-0.2.0.bsdiff.zst")), "{asked:?}");
    assert!(!asked.iter().any(|path| path.ends_with(".polder.tar.zst")), "{asked:?}");

    // As the release tool puts an update file together: all metadata, and of targets what the newest release needs.
    drop(server);
    let mut brought = served(&folder.path().join("repository"));
    brought.files.retain(|path, _| {
        let newest =
            path.contains("/releases/0.3.0/") && !path.ends_with(".polder") && !path.ends_with(".bsdiff.zst");
        path.starts_with("/updates/metadata/") || path.ends_with(".policy.json") || newest
    });
    let file = folder.path().join("update.polder-update");
    fs::write(&file, brought.tar()).unwrap();
    let file = fs::File::open(&file).unwrap();
    let staged = gate("by file").import(file, UnixSeconds(now()), &|_| {}).await;
    assert_eq!(*staged.unwrap_or_else(|refusal| panic!("{}", refusal.details())).version(), NEW);
    for data in ["by network", "by file"] {
        let slot = folder.path().join(data).join("versions/local/0.3.0/polder");
        assert!(fs::read(slot).unwrap() == program, "{data}");
    }
}
