//! Computers with version 0.2.0, a platform that has 0.3.0, and what must hold whatever happens between the two.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use polder_client::deployment::Deployment;
use polder_client::update::Kept;
use polder_slots::archive::Limits;
use polder_slots::{Anchor, Refused, SlotFault, Slots, Verified};
use semver::Version;
use serde_json::json;

use crate::renewal::{NEW, OLD, Renewal};
use crate::strace::{self, Blow, Ended, Point};
use crate::support::archive::{SYSTEM, Slot, noise};
use crate::support::server::Server;
use crate::support::{World, now};

/// A release so small that it comes in few pieces, and so large that it comes in more than one.
const PROGRAM: usize = 40_000;
/// A point that is not met at once is met the next time, or there is one fewer.
const TRIES: usize = 8;

pub(crate) struct Scene {
    folder: tempfile::TempDir,
    renewal: Renewal,
    deployment: Vec<u8>,
    /// A computer with an old release that ran, and an older one to tidy away.
    pub(crate) base: PathBuf,
    _server: Server,
    /// The server lives on it.
    _runtime: tokio::runtime::Runtime,
}

impl Scene {
    /// With a difference to come by, or without one.
    pub(crate) fn new(short: bool) -> Self {
        let folder = memory();
        let mut renewal = Renewal::sized(World::new(), PROGRAM);
        if !short {
            renewal.change(|published| published.delta = None);
        }
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let files = renewal.files.clone();
        let identity = renewal.world.ca.issue("127.0.0.1", &renewal.world.server_key);
        let answer = move |request: &_| files.lock().unwrap().answer_to(request);
        let server = runtime.block_on(Server::start(identity, answer));
        // By its number: a name would be looked up on a thread of its own.
        let mut deployment = renewal.world.deployment_value(server.port);
        deployment["origin"] = json!(format!("https://127.0.0.1:{}", server.port));
        let deployment = serde_json::to_vec(&deployment).unwrap();
        fs::write(folder.path().join("deployment.json"), &deployment).unwrap();
        let base = folder.path().join("base");
        let mut scene = Self { folder, renewal, deployment, base, _server: server, _runtime: runtime };
        scene.settle();
        scene
    }

    /// The old release ran and knows the metadata of its time; then the new one came, with a pin for the time to come.
    fn settle(&mut self) {
        let older = Slot::new(&self.renewal.world, "0.1.0", &[("polder", &noise(50, 3), true)]);
        let slots = self.slots(&self.base);
        for release in [&older, &self.renewal.old] {
            let version: Version = release.version.parse().unwrap();
            let archive = release.archive();
            let staging = slots.incoming().unwrap().unwrap().stage().unwrap();
            let limits = Limits { length: archive.len() as u64 };
            let staged =
                staging.unpack(archive.as_slice(), &self.anchor(), (&version, SYSTEM), limits).unwrap();
            slots.lock().unwrap().unwrap().place(staged).unwrap();
        }
        let mut locked = slots.lock().unwrap().unwrap();
        locked.point_to(&v(OLD)).unwrap();
        locked.confirm(&v(OLD)).unwrap();
        drop(locked);
        let policy = &mut self.renewal.release.policy;
        policy["newest"][SYSTEM] = json!(OLD);
        policy["min_version"] = json!(OLD);
        self.renewal.publish();
        let ended = self.run(&self.base);
        assert_eq!(ended.said, "nothing-newer", "{ended:?}");
        let policy = &mut self.renewal.release.policy;
        policy["newest"][SYSTEM] = json!(NEW);
        policy["min_version"] = json!(NEW);
        policy["next_pins"] = json!([crate::support::tls::pin(&crate::support::tls::key())]);
        self.renewal.publish_as(2);
    }

    /// Where a run over a copy of this state changes something.
    pub(crate) fn points(&self, state: &Path) -> Vec<Point> {
        let copy = copied(state, &self.folder.path().join("traced"));
        strace::points(&mut self.steps(&copy), &copy, &self.log())
    }

    /// A copy of a state, after a run that got a blow. `None` when there is no such point.
    pub(crate) fn struck(
        &self,
        state: &Path,
        point: &Point,
        blow: Blow,
        name: &str,
    ) -> Option<(PathBuf, Ended)> {
        (0..TRIES).find_map(|_| {
            let copy = copied(state, &self.folder.path().join(name));
            let ended = strace::strike(&mut self.steps(&copy), &copy, &self.log(), point, blow)?;
            Some((copy, ended))
        })
    }

    /// What must hold whenever a start may come: the pointer names the old or the new release, and it is whole; every
    /// slot is; and what is remembered is what was remembered before, or what would be now.
    pub(crate) fn check(&self, state: &Path, point: &Point) {
        let slots = self.slots(state);
        let pointer = slots.pointer().unwrap().expect("there is a pointer");
        assert!([v(OLD), v(NEW)].contains(&pointer.current), "{pointer:?} after {point:?}");
        self.verify(&slots, &pointer.current).expect("what starts next is whole");
        for version in slots.list().unwrap() {
            assert!(self.verify(&slots, &version).is_ok(), "{version} is not whole after {point:?}");
        }
        assert!(slots.list().unwrap().contains(&v(OLD)), "what runs is there after {point:?}");
        let list = slots.folder().join("refused.json");
        if list.exists() {
            let refused = Refused::parse(&fs::read(list).unwrap()).expect("the list is whole");
            let sha256 = hex::decode(crate::support::tuf::sha256(&self.renewal.new.archive())).unwrap();
            let one = refused.of(&sha256.try_into().unwrap()).expect("it is about the new release");
            assert!(one.bad.is_none() && one.attempts <= 3, "{one:?} after {point:?}");
        }
        let newest = self.kept(state).policy().unwrap().newest[SYSTEM].to_string();
        assert!([OLD, NEW].contains(&newest.as_str()), "{newest} after {point:?}");
    }

    /// Nothing of an update that failed lies about, but what a later one goes on with. Where only tidying was left to be
    /// done, an old slot may lie on its way out.
    pub(crate) fn clean(&self, state: &Path, point: &Point) {
        if self.slots(state).pointer().unwrap().is_some_and(|pointer| pointer.current == v(NEW)) {
            return;
        }
        let left = self.left(state);
        assert!(left.iter().all(|name| name.ends_with(".part")), "{left:?} after {point:?}");
    }

    /// An undisturbed run ends in the new release with nothing left over. Each state is tried once.
    pub(crate) fn mend(&self, state: &Path, mended: &mut BTreeSet<Vec<String>>, point: &Point) {
        if !mended.insert(fingerprint(state)) {
            return;
        }
        let copy = copied(state, &self.folder.path().join("mended"));
        let ended = self.run(&copy);
        assert_eq!(ended.said, "in-place", "after {point:?}: {ended:?}");
        self.check(&copy, point);
        let slots = self.slots(&copy);
        assert_eq!(slots.pointer().unwrap().unwrap().current, v(NEW), "{point:?}");
        assert_eq!(slots.list().unwrap(), [v(OLD), v(NEW)], "after {point:?}");
        let kept = self.kept(&copy).policy().unwrap();
        assert_eq!((kept.newest[SYSTEM].clone(), kept.next_pins.len()), (v(NEW), 1), "after {point:?}");
        assert_eq!(self.left(&copy), Vec::<String>::new(), "left over after {point:?}");
    }

    /// Names of what broken-off work leaves.
    fn left(&self, state: &Path) -> Vec<String> {
        let slots = self.slots(state);
        let names = |folder: &Path| {
            let entries = fs::read_dir(folder).unwrap();
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>()
        };
        let mut left = names(&slots.incoming_folder());
        left.retain(|name| name != "lock");
        for folder in [slots.folder(), &state.join("gate/local")] {
            left.extend(names(folder).into_iter().filter(|name| name.starts_with('.')));
        }
        left
    }

    pub(crate) fn run(&self, state: &Path) -> Ended {
        strace::run(&mut self.steps(state), &self.log(), &[])
    }

    fn steps(&self, state: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_update-steps"));
        command.arg(state).arg(self.folder.path().join("deployment.json"));
        command.args([OLD, SYSTEM, &now().to_string()]);
        command
    }

    fn kept(&self, state: &Path) -> Kept {
        let deployment = Deployment::parse(&self.deployment).unwrap();
        Kept::open(&deployment, &state.join("gate")).unwrap().expect("what is remembered holds")
    }

    fn slots(&self, state: &Path) -> Slots {
        Slots::at(state, "local")
    }

    fn anchor(&self) -> Anchor {
        let key = self.renewal.world.minisign.pk.to_base64();
        Anchor::new(minisign_verify::PublicKey::from_base64(&key).unwrap())
    }

    fn verify(&self, slots: &Slots, version: &Version) -> Result<Verified, SlotFault> {
        Verified::open(&slots.slot(version), &self.anchor(), SYSTEM)
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

fn v(text: &str) -> Version {
    text.parse().unwrap()
}

/// In memory where that can hold programs: hundreds of runs, each of which waits for the disk many times.
fn memory() -> tempfile::TempDir {
    use rustix::fs::{StatVfsMountFlags, statvfs};
    let memory = Path::new("/dev/shm");
    let holds = statvfs(memory).is_ok_and(|system| !system.f_flag.contains(StatVfsMountFlags::NOEXEC));
    if holds { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

/// A copy of a folder in place of what was there, modes included.
fn copied(from: &Path, to: &Path) -> PathBuf {
    if to.exists() {
        fs::remove_dir_all(to).unwrap();
    }
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        if path.is_dir() {
            copied(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    to.to_owned()
}

/// Equal for states that differ in random names only.
pub(crate) fn fingerprint(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let (path, name) =
            entry.map(|entry| (entry.path(), entry.file_name().into_string().unwrap())).unwrap();
        let random = [".writing-", "stage-"].into_iter().find(|prefix| name.starts_with(prefix));
        let name = random.map_or(name.clone(), str::to_owned);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        if path.is_dir() {
            found.push(format!("{name} {mode:o}"));
            found.extend(fingerprint(&path).into_iter().map(|line| format!("{name}/{line}")));
        } else {
            let sha256 = crate::support::tuf::sha256(&fs::read(&path).unwrap());
            found.push(format!("{name} {mode:o} {sha256}"));
        }
    }
    found.sort();
    found
}
