//! What an interrupted download repeats: cut by the network, or by the end of the program.

use polder_tests::Outcome;

use super::stepped::Stepped;
use super::turns::{Scene, kilobytes};
use crate::series::Series;

const TIMES: usize = 7;
/// Connections that are cut in one download.
const CUTS: usize = 3;
/// What a check before the download takes of the wire, and more; the download is what is to be cut.
const CHECK: u64 = 150_000;

/// Kilobytes beyond those of a download that nobody cut, which took `whole` kilobytes: what came twice, and what asking
/// once more costs.
pub(super) struct Repeated {
    pub(super) by_network: Series,
    pub(super) by_end: Series,
}

pub(super) fn measure(scene: &Scene<'_>, whole: f64, seed: u64) -> Outcome<Repeated> {
    let mut random = Random(seed);
    let [mut by_network, mut by_end] = <[Series; 2]>::default();
    for _ in 0..TIMES {
        by_network.add(cut_by_network(scene, &mut random)? - whole);
        by_end.add(cut_by_end(scene, &mut random)? - whole);
    }
    Ok(Repeated { by_network, by_end })
}

fn cut_by_network(scene: &Scene<'_>, random: &mut Random) -> Outcome<f64> {
    let data = tempfile::tempdir()?;
    let mut client = Stepped::start(&mut scene.client(data.path(), false)?)?;
    client.until("idle")?;
    client.go_on()?;
    client.until("known")?;
    let most = scene.published.packed as u64 / (CUTS as u64 + 1);
    let down = scene.relay.down();
    scene.relay.cut((0..CUTS).map(|_| random.between(CHECK, most)).collect::<Vec<_>>());
    client.go_on()?;
    client.until("staged")?;
    if scene.relay.uncut() > 0 {
        return Err("it was not cut as often as it should have been".into());
    }
    client.end()?;
    Ok(kilobytes(scene.relay.down() - down))
}

fn cut_by_end(scene: &Scene<'_>, random: &mut Random) -> Outcome<f64> {
    let data = tempfile::tempdir()?;
    let mut moved = 0;
    for again in [false, true] {
        let mut client = Stepped::start(&mut scene.client(data.path(), false)?)?;
        client.until("idle")?;
        client.go_on()?;
        client.until("known")?;
        let down = scene.relay.down();
        if again {
            client.go_on()?;
            client.until("staged")?;
            client.end()?;
        } else {
            scene.relay.hold_after(random.between(CHECK, scene.published.packed as u64));
            client.go_on()?;
            scene.relay.until_held();
            client.kill()?;
            scene.relay.release();
        }
        moved += scene.relay.down() - down;
    }
    Ok(kilobytes(moved))
}

/// xorshift: points in a download need no better.
struct Random(u64);

impl Random {
    fn between(&mut self, least: u64, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        least + self.0 % most.saturating_sub(least).max(1)
    }
}
