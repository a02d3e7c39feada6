//! One update by each updater, from the same platform over the same wire.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use polder_local::Local;
use polder_tests::{Outcome, built};

use super::published::{NEW, OLD, Published, peers_key};
use super::relay::Relay;
use super::stepped::{Stepped, children};

/// The old release's and the wire's side of every run.
pub(super) struct Scene<'a> {
    pub(super) relay: &'a Relay,
    pub(super) published: &'a Published,
    /// The client's deployment, by way of the relay.
    pub(super) deployment: PathBuf,
    ca: PathBuf,
    minisign: String,
    peers_key: String,
    folder: &'a Path,
}

/// What one update took, from "update known" to "the new version could start".
pub(super) struct Taken {
    pub(super) milliseconds: f64,
    /// Milliseconds of processor time, user and system.
    pub(super) processor: f64,
    /// The same for the whole process, its start and its first check included.
    pub(super) whole: f64,
    /// Kilobytes on the wire towards the updater.
    pub(super) kilobytes: f64,
    /// Megabytes at most, above what it had before it knew of the update. Not known of programs in a row.
    pub(super) memory: f64,
}

impl<'a> Scene<'a> {
    pub(super) fn new(
        local: &Local,
        relay: &'a Relay,
        published: &'a Published,
        folder: &'a Path,
    ) -> Outcome<Self> {
        let mut deployment: serde_json::Value =
            serde_json::from_slice(&std::fs::read(local.deployment_file())?)?;
        deployment["origin"] = format!("https://localhost:{}", relay.port()).into();
        let path = folder.join("deployment.json");
        std::fs::write(&path, serde_json::to_vec(&deployment)?)?;
        let ca = folder.join("ca.pem");
        std::fs::write(&ca, local.authority().certificate_pem())?;
        let (minisign, peers_key) = (local.minisign().public(), peers_key(local));
        Ok(Self { relay, published, deployment: path, ca, minisign, peers_key, folder })
    }

    /// The client of the old release, with data of its own below `data`. It takes the short way if `slot`.
    pub(super) fn client(&self, data: &Path, slot: bool) -> Outcome<Command> {
        let Published { slot: packaged, alone, .. } = self.published;
        let mut client = Command::new(built("POLDER_UPDATE_BIN")?);
        client.arg(&self.deployment).arg(data);
        let program = if slot { packaged.join("polder") } else { alone.clone() };
        client.arg(program).arg(OLD.to_string());
        Ok(client)
    }

    pub(super) fn ours(&self, slot: bool) -> Outcome<Taken> {
        let data = tempfile::tempdir_in(self.folder)?;
        let taken = self.stepped(&mut self.client(data.path(), slot)?)?;
        let pointer = std::fs::read_to_string(data.path().join("versions/local/current.json"))?;
        let program = data.path().join(format!("versions/local/{NEW}/polder"));
        let staged = std::fs::metadata(program)?.len() == self.published.program as u64;
        if staged && pointer.contains(&NEW.to_string()) { Ok(taken) } else { Err("nothing is staged".into()) }
    }

    /// tauri-plugin-updater, which replaces a copy of the old program.
    pub(super) fn peer(&self) -> Outcome<Taken> {
        let folder = tempfile::tempdir_in(self.folder)?;
        let program = folder.path().join("polder");
        std::fs::copy(&self.published.alone, &program)?;
        let mut peer = Command::new(built("POLDER_TAURI_UPDATER_BIN")?);
        peer.arg(self.url(&self.published.peers_word)).arg(&self.ca).arg(&self.peers_key).arg(&program);
        // It keeps the old program in the first of these that lies on the same disk.
        peer.env("TMPDIR", folder.path());
        let taken = self.stepped(&mut peer)?;
        let installed = std::fs::metadata(&program)?.len() == self.published.program as u64;
        if installed { Ok(taken) } else { Err("nothing is installed".into()) }
    }

    /// As a shell would: fetch, verify, unpack.
    pub(super) fn floor(&self) -> Outcome<Taken> {
        let folder = tempfile::tempdir_in(self.folder)?;
        let script = format!(
            "set -e; curl --silent --show-error --fail --noproxy '*' --tlsv1.2 --cacert '{ca}' \
                --output polder.tar.zst '{archive}' --output polder.tar.zst.minisig '{signature}'; \
            minisign -V -q -m polder.tar.zst -P '{key}'; mkdir slot; \
            zstd -d -q -c polder.tar.zst | tar --extract --file - --directory slot",
            ca = self.ca.display(),
            archive = self.url(&self.published.archive),
            signature = self.url(&self.published.archive_signature),
            key = self.minisign,
        );
        let (down, before, begun) = (self.relay.down(), children()?, Instant::now());
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).current_dir(folder.path());
        let done = shell.stdin(Stdio::null()).output()?;
        let milliseconds = begun.elapsed().as_secs_f64() * 1_000.0;
        let processor = (children()? - before).as_secs_f64() * 1_000.0;
        let unpacked = std::fs::metadata(folder.path().join("slot/polder")).map_or(0, |it| it.len());
        if !done.status.success() || unpacked != self.published.program as u64 {
            return Err(String::from_utf8_lossy(&done.stderr).into_owned().into());
        }
        let kilobytes = kilobytes(self.relay.down() - down);
        Ok(Taken { milliseconds, processor, whole: processor, kilobytes, memory: f64::NAN })
    }

    fn stepped(&self, command: &mut Command) -> Outcome<Taken> {
        let before = children()?;
        let mut program = Stepped::start(command)?;
        program.until("idle")?;
        let idle = program.memory()?;
        program.go_on()?;
        let known = program.until("known")?;
        program.forget_peak()?;
        let (down, begun) = (self.relay.down(), Instant::now());
        program.go_on()?;
        let staged = program.until("staged")?;
        let milliseconds = begun.elapsed().as_secs_f64() * 1_000.0;
        let kilobytes = kilobytes(self.relay.down() - down);
        let memory = program.peak()? - idle;
        program.end()?;
        let whole = (children()? - before).as_secs_f64() * 1_000.0;
        let processor = (staged - known).as_secs_f64() * 1_000.0;
        Ok(Taken { milliseconds, processor, whole, kilobytes, memory })
    }

    fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.relay.port())
    }
}

#[allow(clippy::cast_precision_loss, reason = "nobody moves so many")]
pub(super) fn kilobytes(bytes: u64) -> f64 {
    bytes as f64 / 1_000.0
}
