//! From exec to sign-in painted and usable, beside the emptiest window of the same toolkit; and what both take of memory
//! then.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use polder_local::desk::{Desk, DeskOptions};
use polder_tests::{Outcome, built};

use crate::deployment::Deployment;
use crate::series::{Series, ratio};

const TIMES: usize = 11;

pub(crate) async fn measure() -> Outcome<bool> {
    let client = built("POLDER_RELEASE_BIN")?;
    let bare = built("POLDER_BARE_BIN")?;
    let deployment = Deployment::serving(&client)?;
    let desk = Desk::new(DeskOptions::default())?;
    let [mut ours, mut peer, mut our_memory, mut peer_memory] = <[Series; 4]>::default();
    // The first of each fills the caches and is not counted.
    for turn in 0..=TIMES {
        let (bare_time, bare_memory) = start(desk.command(&bare.display().to_string()), "painted")?;
        let mut command = desk.command(&client.display().to_string());
        deployment.arrange(&mut command);
        let (time, memory) = start(command, "painted screen=SignIn")?;
        if turn > 0 {
            peer.add(bare_time);
            peer_memory.add(bare_memory);
            ours.add(time);
            our_memory.add(memory);
        }
    }
    println!("Start: {TIMES} starts of each in turn, release builds, Xvfb, software rendering");
    peer.say("bare window, exec to first paint", "ms");
    ours.say("Polder, exec to sign-in usable", "ms");
    let time = ratio("time", &ours, &peer, 1.15);
    peer_memory.say("bare window, PSS of its processes", "MB");
    our_memory.say("Polder, PSS of its processes", "MB");
    Ok(ratio("memory", &our_memory, &peer_memory, 1.10) & time)
}

/// Milliseconds until the line, and megabytes then; the program is ended.
fn start(mut command: Command, line: &str) -> Outcome<(f64, f64)> {
    let begun = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let measured = wait_for(&mut child, line).and_then(|()| {
        let taken = begun.elapsed();
        Ok((taken.as_secs_f64() * 1_000.0, memory(child.id())?))
    });
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
    }
    child.wait()?;
    measured
}

fn wait_for(child: &mut Child, wanted: &str) -> Outcome {
    let said = BufReader::new(child.stderr.take().ok_or("no standard error")?);
    let mut all = String::new();
    for line in said.lines() {
        let line = line?;
        if line.contains(wanted) {
            return Ok(());
        }
        all.push_str(&line);
        all.push('\n');
    }
    Err(format!("it ended without saying {wanted:?}:\n{all}").into())
}

/// The proportional set size of a process and all below it, in megabytes.
fn memory(root: u32) -> Outcome<f64> {
    let mut parents = HashMap::new();
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // One that ended since is not ours.
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
        let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok());
        parents.insert(pid, parent.unwrap_or(0));
    }
    let mut kilobytes = 0;
    for &pid in parents.keys() {
        let mut above = pid;
        while above != root && above > 1 {
            above = parents.get(&above).copied().unwrap_or(0);
        }
        if above == root {
            kilobytes += pss(Path::new(&format!("/proc/{pid}/smaps_rollup")))?;
        }
    }
    Ok(f64::from(kilobytes) / 1_024.0)
}

fn pss(rollup: &Path) -> Outcome<u32> {
    let text = std::fs::read_to_string(rollup)?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).ok_or("no Pss")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}
