use polder_wire::UnixSeconds;
use polder_wire::update::Policy;
use semver::Version;

/// What is signed about releases, and about the one of the version that is installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The signed policy.
    pub policy: Policy,
    /// Length and SHA-256 of the program, if this version is signed for this system.
    pub program: Option<(u64, [u8; 32])>,
    /// Until when all of this may be believed.
    pub expires: UnixSeconds,
}

/// What is known of the installed program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Its version.
    pub version: Version,
    /// Its system.
    pub system: String,
    /// Its length in bytes.
    pub length: u64,
    /// SHA-256 over all its bytes.
    pub sha256: [u8; 32],
    /// What its independent signature says.
    pub signature: Signature,
}

/// The minisign signature over the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// It is of the built-in key, over these bytes, for this version and system.
    Holds,
    /// There is none.
    Missing,
    /// There is one and it does not hold.
    Broken,
}

/// How a program differs from the released one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alteration {
    /// Its bytes are not the signed ones.
    Bytes,
    /// Its independent signature does not hold.
    Signature,
    /// No such version was ever released.
    Version,
}

/// What follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is the newest verified release.
    Admit,
    /// It is not, or nobody can tell.
    Refuse(Ground),
}

/// Why a program is not admitted although everything could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ground {
    /// What was signed may no longer be believed.
    Expired(UnixSeconds),
    /// This release, or these very bytes, were withdrawn.
    Revoked,
    /// There is nothing for this system.
    NoRelease,
    /// There is a newer one.
    Outdated(Version),
    /// This is not the released program.
    Altered(Alteration),
    /// The policy names a newest release that is not signed.
    Unsigned(Version),
}

/// Decides. The order matters to people: who runs something withdrawn hears so first, and who runs an old
/// version hears of the new one rather than of missing signatures of the old.
pub fn decide(release: &Release, facts: &Facts, now: UnixSeconds) -> Verdict {
    match ground(release, facts, now) {
        None => Verdict::Admit,
        Some(ground) => Verdict::Refuse(ground),
    }
}

/// The release that should run instead of this version, whatever the program's bytes are. `None` where only they tell.
pub(super) fn newer(policy: &Policy, version: &Version, system: &str) -> Option<Version> {
    let newest = policy.newest.get(system)?;
    (version < newest || *version < policy.min_version).then(|| newest.max(&policy.min_version).clone())
}

fn ground(release: &Release, facts: &Facts, now: UnixSeconds) -> Option<Ground> {
    let policy = &release.policy;
    if now >= release.expires {
        return Some(Ground::Expired(release.expires));
    }
    if policy.revoked.contains(&hex::encode(facts.sha256)) {
        return Some(Ground::Revoked);
    }
    let Some(newest) = policy.newest.get(&facts.system) else { return Some(Ground::NoRelease) };
    if let Some(newer) = newer(policy, &facts.version, &facts.system) {
        return Some(Ground::Outdated(newer));
    }
    let Some(program) = release.program else {
        let named = facts.version == *newest;
        return Some(if named {
            Ground::Unsigned(newest.clone())
        } else {
            Ground::Altered(Alteration::Version)
        });
    };
    if program != (facts.length, facts.sha256) {
        return Some(Ground::Altered(Alteration::Bytes));
    }
    if facts.signature != Signature::Holds {
        return Some(Ground::Altered(Alteration::Signature));
    }
    if facts.version != *newest {
        // Truly released, and newer than what the policy now calls the newest: it was taken back.
        return Some(Ground::Revoked);
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const SYSTEM: &str = "linux-x86_64";

    fn version() -> impl Strategy<Value = Version> {
        (0..3u64, 0..3u64, 0..3u64, prop::option::of(0..2u8)).prop_map(|(major, minor, patch, pre)| {
            let mut version = Version::new(major, minor, patch);
            if let Some(pre) = pre {
                version.pre = semver::Prerelease::new(&format!("rc.{pre}")).unwrap();
            }
            version
        })
    }

    fn hash() -> impl Strategy<Value = [u8; 32]> {
        (0..3u8).prop_map(|byte| [byte; 32])
    }

    prop_compose! {
        fn release()(
            newest in version(),
            min_version in version(),
            named in prop::bool::weighted(0.9),
            revoked in prop::collection::vec(hash(), 0..2),
            program in prop::option::weighted(0.9, (0..2u64, hash())),
            expires in 0..20i64,
        ) -> Release {
            let newest = if named { BTreeMap::from([(SYSTEM.to_owned(), newest)]) } else { BTreeMap::new() };
            let policy = Policy {
                schema: 1,
                issued: UnixSeconds(0),
                min_version,
                newest,
                revoked: revoked.iter().map(hex::encode).collect(),
                next_pins: Vec::new(),
            };
            Release { policy, program, expires: UnixSeconds(expires) }
        }
    }

    prop_compose! {
        fn any_facts()(
            version in version(),
            length in 0..2u64,
            sha256 in hash(),
            signature in prop::sample::select(
                vec![Signature::Holds, Signature::Missing, Signature::Broken],
            ),
        ) -> Facts {
            Facts { version, system: SYSTEM.to_owned(), length, sha256, signature }
        }
    }

    prop_compose! {
        /// Two that know of each other, mostly: otherwise nothing would ever be admitted.
        fn pair()(
            mut release in release(),
            mut facts in any_facts(),
            same_version in prop::bool::weighted(0.8),
            same_bytes in prop::bool::weighted(0.8),
            any_minimum in prop::bool::weighted(0.2),
        ) -> (Release, Facts) {
            if !any_minimum {
                release.policy.min_version = Version::new(0, 0, 0);
            }
            if let (true, Some(newest)) = (same_version, release.policy.newest.get(SYSTEM)) {
                facts.version = newest.clone();
            }
            if let (true, Some((length, sha256))) = (same_bytes, release.program) {
                (facts.length, facts.sha256) = (length, sha256);
            }
            (release, facts)
        }
    }

    /// The whole rule, the other way round: what an admission must mean.
    fn is_newest_verified(release: &Release, facts: &Facts, now: UnixSeconds) -> bool {
        release.policy.newest.get(SYSTEM) == Some(&facts.version)
            && facts.version >= release.policy.min_version
            && !release.policy.revoked.contains(&hex::encode(facts.sha256))
            && release.program == Some((facts.length, facts.sha256))
            && facts.signature == Signature::Holds
            && now < release.expires
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_096))]

        #[test]
        fn only_the_newest_verified_release_is_admitted(
            (release, facts) in pair(), now in 0..20i64,
        ) {
            let now = UnixSeconds(now);
            let admitted = decide(&release, &facts, now) == Verdict::Admit;
            prop_assert_eq!(admitted, is_newest_verified(&release, &facts, now));
        }

        #[test]
        fn a_good_release_is_admitted_until_one_thing_is_wrong(
            newest in version(), sha256 in hash(), length in 0..2u64, wrong in 0..8u8, older in version(),
        ) {
            let mut facts = Facts {
                version: newest.clone(), system: SYSTEM.to_owned(), length, sha256,
                signature: Signature::Holds,
            };
            let mut release = Release {
                policy: Policy {
                    schema: 1, issued: UnixSeconds(0), min_version: newest.clone(),
                    newest: BTreeMap::from([(SYSTEM.to_owned(), newest.clone())]),
                    revoked: Vec::new(), next_pins: Vec::new(),
                },
                program: Some((length, sha256)),
                expires: UnixSeconds(10),
            };
            let now = UnixSeconds(9);
            prop_assert_eq!(decide(&release, &facts, now), Verdict::Admit);
            let expected = match wrong {
                0 => { release.expires = now; Ground::Expired(now) }
                1 => { release.policy.revoked.push(hex::encode(sha256)); Ground::Revoked }
                2 => { release.policy.newest.clear(); Ground::NoRelease }
                3 => { release.program = None; Ground::Unsigned(newest) }
                4 => { facts.length += 1; Ground::Altered(Alteration::Bytes) }
                5 => { facts.sha256[31] ^= 1; Ground::Altered(Alteration::Bytes) }
                6 => { facts.signature = Signature::Broken; Ground::Altered(Alteration::Signature) }
                _ if older < newest => { facts.version = older; Ground::Outdated(newest) }
                _ => return Ok(()),
            };
            prop_assert_eq!(decide(&release, &facts, now), Verdict::Refuse(expected));
        }

        #[test]
        fn an_older_version_always_hears_of_a_newer_one((release, facts) in pair()) {
            let revoked = release.policy.revoked.contains(&hex::encode(facts.sha256));
            if let (Some(newest), false) = (release.policy.newest.get(SYSTEM), revoked)
                && facts.version < *newest
            {
                let verdict = decide(&release, &facts, UnixSeconds(-1));
                let Verdict::Refuse(Ground::Outdated(told)) = verdict else {
                    return Err(TestCaseError::fail(format!("{verdict:?}")));
                };
                prop_assert!(told >= *newest && told > facts.version);
            }
        }
    }

    #[test]
    fn a_release_that_was_taken_back_counts_as_withdrawn() {
        let newest = Version::new(1, 0, 0);
        let policy = Policy {
            schema: 1,
            issued: UnixSeconds(0),
            min_version: newest.clone(),
            newest: BTreeMap::from([(SYSTEM.to_owned(), newest)]),
            revoked: Vec::new(),
            next_pins: Vec::new(),
        };
        let facts = Facts {
            version: Version::new(1, 1, 0),
            system: SYSTEM.to_owned(),
            length: 1,
            sha256: [1; 32],
            signature: Signature::Holds,
        };
        let mut release = Release { policy, program: Some((1, [1; 32])), expires: UnixSeconds(10) };
        assert_eq!(decide(&release, &facts, UnixSeconds(0)), Verdict::Refuse(Ground::Revoked));
        release.program = None;
        let never = Verdict::Refuse(Ground::Altered(Alteration::Version));
        assert_eq!(decide(&release, &facts, UnixSeconds(0)), never, "no such version was released");
    }
}
