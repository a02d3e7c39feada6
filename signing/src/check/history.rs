use std::path::Path;

use super::{CheckFault, Report};
use crate::metadata::Envelope;
use crate::policy::{Stand, step};
use crate::standing::{self, Published, metadata};

/// Each policy that the repository still has may follow the one before, pins and all.
pub(super) fn check(report: &mut Report, repository: &Path, published: &Published) {
    let newest = published.targets.1.version;
    let faults = report.faults.len();
    let mut before: Option<Stand> = None;
    let mut steps = 0;
    for version in 1..=newest {
        let stand = match stand(repository, version) {
            Ok(stand) => stand,
            Err(why) => {
                report.faults.push(CheckFault::Story { version, why });
                before = None;
                continue;
            }
        };
        let Some(stand) = stand else {
            // Cleared away; the next that is there begins the story anew.
            before = None;
            continue;
        };
        // Only the very first may come out of nothing.
        if before.is_some() || version == 1 {
            steps += 1;
            if let Err(fault) = step(before.as_ref(), &stand) {
                report.faults.push(CheckFault::Story { version, why: fault.to_string() });
            }
        }
        before = Some(stand);
    }
    if before.as_ref() != Some(&published.stand) {
        let why = "the published policy is not the last of the story".to_owned();
        report.faults.push(CheckFault::Story { version: newest, why });
    }
    if report.faults.len() == faults {
        report.good.push(format!("{steps} policies follow each other, and so do their pins"));
    }
}

fn stand(repository: &Path, version: u64) -> Result<Option<Stand>, String> {
    let path = metadata(repository, &format!("{version}.targets.json"));
    let Some(bytes) = standing::optional(&path).map_err(|error| error.to_string())? else {
        return Ok(None);
    };
    let targets = Envelope::parse(&bytes).and_then(|envelope| envelope.targets());
    let targets = targets.map_err(|error| error.to_string())?;
    if targets.version != version {
        return Err(format!("{} says version {}", path.display(), targets.version));
    }
    let (_, stand) = standing::stand(repository, &targets).map_err(|error| error.to_string())?;
    Ok(Some(stand))
}
