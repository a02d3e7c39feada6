//! An update of this very client, beside the programs of a shell in a row and beside tauri-plugin-updater, from the same
//! platform and over the same wire.

mod interrupted;
mod next_start;
mod published;
mod relay;
mod stepped;
mod turns;

use polder_tests::{Outcome, built};
use polder_wire::UnixSeconds;

use crate::deployment::opened;
use crate::series::{Series, below, ratio};
use published::Published;
use relay::Relay;
use turns::{Scene, Taken};

const TIMES: usize = 11;
/// Of the full update's bytes, for a patch release.
const BYTES: f64 = 0.10;
/// Of the floor's processor time, for a full update.
const PROCESSOR: f64 = 1.20;
/// Megabytes above idle, for a full update.
const MEMORY: f64 = 40.0;
/// Milliseconds that a staged update adds to the next start.
const NEXT_START: f64 = 150.0;
/// Kilobytes that an interrupted download repeats.
const REPEATED: f64 = 1_000.0;

pub(crate) fn measure() -> Outcome<bool> {
    let mut local = opened()?;
    let seed = seed()?;
    let (old, patch) = (built("POLDER_OLD_RELEASE")?, built("POLDER_PATCH_RELEASE")?);
    let folder = tempfile::tempdir()?;
    let relay = Relay::to(local.port())?;
    let first = folder.path().join("patch");
    let published = Published::new(&mut local, relay.port(), (&old, &patch), &first)?;
    let platform = local.start_platform(&built("POLDER_PLATFORM_BIN")?)?;

    let scene = Scene::new(&local, &relay, &published, folder.path())?;
    let of_patch = Ways::take(&scene)?;
    let mut kept = of_patch.say("Patch release", &published, true);

    let repeated = interrupted::measure(&scene, of_patch.full.kilobytes.median(), seed)?;
    println!("Interrupted: {} downloads in full each, seed {seed}", repeated.by_network.len());
    repeated.by_network.say("three connections cut, repeated", "kB");
    repeated.by_end.say("program killed, repeated", "kB");
    kept &= below("most that was repeated", repeated.by_network.most(), REPEATED, "kB");
    kept &= below("most that was repeated", repeated.by_end.most(), REPEATED, "kB");

    let second = folder.path().join("dependency");
    let dependency = built("POLDER_DEPENDENCY_RELEASE")?;
    let published = Published::new(&mut local, relay.port(), (&old, &dependency), &second)?;
    let scene = Scene::new(&local, &relay, &published, folder.path())?;
    kept &= Ways::take(&scene)?.say("Dependency-bump release", &published, false);
    drop(platform);

    let starts = next_start::measure(&local, published.program)?;
    println!(
        "Next start: the launcher, a slot of {} MB, to the program's first word",
        published.program / 1_000_000
    );
    starts.confirmed.say("confirmed release", "ms");
    starts.staged.say("newly staged release", "ms");
    let added = starts.staged.median() - starts.confirmed.median();
    Ok(below("a staged update adds", added, NEXT_START, "ms") & kept)
}

/// Where downloads are cut follows from it.
fn seed() -> Outcome<u64> {
    match std::env::var("POLDER_BENCH_SEED") {
        Ok(seed) => Ok(seed.parse()?),
        Err(_) => Ok(UnixSeconds::from_clock().0.unsigned_abs().max(1)),
    }
}

/// Updates of one release, in turn.
#[derive(Default)]
struct Ways {
    full: Way,
    short: Way,
    floor: Way,
    peer: Way,
}

#[derive(Default)]
struct Way {
    milliseconds: Series,
    processor: Series,
    whole: Series,
    kilobytes: Series,
    memory: Series,
}

impl Ways {
    fn take(scene: &Scene<'_>) -> Outcome<Self> {
        let mut ways = Self::default();
        // The first of each fills the caches and is not counted.
        for turn in 0..=TIMES {
            let [floor, full] = [scene.floor()?, scene.ours(false)?];
            let [short, peer] = [scene.ours(true)?, scene.peer()?];
            if turn > 0 {
                ways.floor.add(&floor);
                ways.full.add(&full);
                ways.short.add(&short);
                ways.peer.add(&peer);
            }
        }
        Ok(ways)
    }

    fn say(&self, what: &str, published: &Published, is_patch: bool) -> bool {
        let delta = published.delta.map_or_else(|| "none".into(), |delta| format!("{} kB", delta / 1_000));
        println!(
            "{what}: {TIMES} updates of each in turn; program {} kB, packed {} kB, difference {delta}",
            published.program / 1_000,
            published.packed / 1_000,
        );
        self.floor.say("curl, minisign, zstd and tar");
        self.full.say("ours, in full");
        self.short.say("ours, by difference");
        self.peer.say("tauri-plugin-updater 2.14.1");
        let bytes = if is_patch { BYTES } else { f64::INFINITY };
        ratio("bytes, difference to full", &self.short.kilobytes, &self.full.kilobytes, bytes)
            & ratio("processor, full to the shell's", &self.full.processor, &self.floor.processor, PROCESSOR)
            & ratio("processor, full to tauri's", &self.full.processor, &self.peer.processor, f64::INFINITY)
            & below("memory above idle, full", self.full.memory.most(), MEMORY, "MB")
    }
}

impl Way {
    fn add(&mut self, taken: &Taken) {
        self.milliseconds.add(taken.milliseconds);
        self.processor.add(taken.processor);
        self.whole.add(taken.whole);
        self.kilobytes.add(taken.kilobytes);
        self.memory.add(taken.memory);
    }

    fn say(&self, what: &str) {
        self.milliseconds.say(what, "ms");
        self.processor.say("  processor time", "ms");
        self.whole.say("  of the whole process", "ms");
        self.kilobytes.say("  on the wire", "kB");
        if self.memory.median().is_finite() {
            self.memory.say("  memory above idle", "MB");
        }
    }
}
