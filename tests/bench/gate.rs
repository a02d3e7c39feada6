//! The gate's verdict with an empty store, as a process, beside curl that fetches the same files over the same TLS.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use polder_tests::{Outcome, built};

use crate::deployment::Deployment;
use crate::series::{Series, ratio};

const TIMES: usize = 21;

pub(crate) fn measure() -> Outcome<bool> {
    let client = built("POLDER_RELEASE_BIN")?;
    let gate = built("POLDER_GATE_BIN")?;
    let deployment = Deployment::serving(&client)?;
    let folder = tempfile::tempdir()?;
    let files = deployment.files_of_a_check()?;
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, deployment.local.authority().certificate_pem())?;
    let [mut ours, mut peer] = <[Series; 2]>::default();
    for turn in 0..=TIMES {
        let curl = timed(&mut curl(&deployment, &ca, &files))?;
        let data = folder.path().join(format!("data-{turn}"));
        let mut check = Command::new(&gate);
        check.arg(deployment.local.deployment_file()).arg(&data).arg(&client).arg(polder_wire::VERSION);
        let check = timed(&mut check)?;
        if turn > 0 {
            peer.add(curl);
            ours.add(check);
        }
    }
    println!(
        "Gate: {TIMES} cold checks and {TIMES} runs of curl in turn, {} files over loopback",
        files.len()
    );
    peer.say("curl, the same files", "ms");
    ours.say("the gate's verdict", "ms");
    Ok(ratio("time", &ours, &peer, 1.50))
}

/// One connection, as the gate makes one; the root that is not there is asked for, too.
fn curl(deployment: &Deployment, ca: &Path, files: &[String]) -> Command {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--noproxy", "*", "--tlsv1.2", "--cacert"]).arg(ca);
    // The platform answers nobody who does not say which client it is.
    curl.args(["--header", &format!("polder-client: {} curl", polder_wire::VERSION)]);
    for file in files {
        curl.arg("--output").arg("/dev/null").arg(format!("{}{file}", deployment.local.origin()));
    }
    curl
}

fn timed(command: &mut Command) -> Outcome<f64> {
    let begun = Instant::now();
    let done = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output()?;
    let taken = begun.elapsed();
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).into_owned().into());
    }
    Ok(taken.as_secs_f64() * 1_000.0)
}
