use std::fs::File;
use std::io::{self, Read as _};

use aws_lc_rs::digest::{Context, SHA256};
use minisign_verify::{PublicKey, Signature as Minisignature};
use polder_wire::update::trusted_comment;

use super::{Facts, Installed, Signature};

/// A program's bytes, read once through one handle, and what could be said of them before the platform answered.
pub(super) struct Read {
    bytes: Vec<u8>,
    sha256: [u8; 32],
    foreseen: Option<Foreseen>,
}

/// What a signature that was at hand says. It counts only where signed metadata then names the very same one.
struct Foreseen {
    signature_file: Vec<u8>,
    holds: bool,
}

/// Reads and hashes. `at_hand` is the signature of an earlier check: nobody believes it, but it is likely the one that the platform will name, and verifying it takes as long as the platform does to
/// answer. `told` hears how many bytes were hashed of how many.
pub(super) fn read(
    installed: &Installed,
    at_hand: Option<Vec<u8>>,
    key: &PublicKey,
    told: &dyn Fn(u64, u64),
) -> io::Result<Read> {
    let mut program = File::open(&installed.program)?;
    let mut bytes = Vec::with_capacity(usize::try_from(program.metadata()?.len()).unwrap_or(0));
    program.read_to_end(&mut bytes)?;
    let (sha256, foreseen) = std::thread::scope(|scope| {
        let (bytes, at_hand) = (&bytes, at_hand);
        let foreseeing = at_hand.map(|signature_file| {
            scope.spawn(move || {
                let holds = holds(bytes, &signature_file, key, installed);
                Foreseen { signature_file, holds }
            })
        });
        let sha256 = hash(bytes, told);
        // A thread that fell over foresaw nothing: what it would have said is asked again.
        (sha256, foreseeing.and_then(|foreseeing| foreseeing.join().ok()))
    });
    Ok(Read { bytes, sha256, foreseen })
}

/// What is known of the program, with the signature that signed metadata names.
pub(super) fn facts(
    read: &Read,
    installed: &Installed,
    signature_file: Option<&[u8]>,
    key: &PublicKey,
) -> Facts {
    let signature = match (signature_file, &read.foreseen) {
        (None, _) => Signature::Missing,
        (Some(named), Some(foreseen)) if named == foreseen.signature_file => said(foreseen.holds),
        (Some(named), _) => said(holds(&read.bytes, named, key, installed)),
    };
    Facts {
        version: installed.version.clone(),
        system: installed.system.clone(),
        length: read.bytes.len() as u64,
        sha256: read.sha256,
        signature,
    }
}

fn said(holds: bool) -> Signature {
    if holds { Signature::Holds } else { Signature::Broken }
}

fn hash(bytes: &[u8], told: &dyn Fn(u64, u64)) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    let mut done = 0;
    for piece in bytes.chunks(1024 * 1024) {
        context.update(piece);
        done += piece.len() as u64;
        told(done, bytes.len() as u64);
    }
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(context.finish().as_ref());
    sha256
}

/// Whether it is a prehashed signature of this key, over these bytes, for this version and system.
fn holds(bytes: &[u8], signature_file: &[u8], key: &PublicKey, installed: &Installed) -> bool {
    let Ok(text) = std::str::from_utf8(signature_file) else { return false };
    let Ok(signature) = Minisignature::decode(text) else { return false };
    // `verify_stream` takes prehashed signatures of this very key only.
    let Ok(mut verifier) = key.verify_stream(&signature) else { return false };
    verifier.update(bytes);
    // The trusted comment is proven only once `finalize` said so, which must be called once only.
    verifier.finalize().is_ok()
        && signature.trusted_comment() == trusted_comment(&installed.version, &installed.system)
}

#[cfg(fuzzing)]
pub(super) fn fuzz(bytes: &[u8]) {
    const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
    let Ok(key) = PublicKey::from_base64(KEY) else { return };
    let Some(signature) = std::str::from_utf8(bytes).ok().and_then(|text| Minisignature::decode(text).ok())
    else {
        return;
    };
    if let Ok(mut verifier) = key.verify_stream(&signature) {
        verifier.update(b"anything");
        assert!(verifier.finalize().is_err(), "nobody signed this");
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
    use base64::{Engine, engine::general_purpose::STANDARD};

    use super::*;

    const PROGRAM: &[u8] = b"the program's own bytes";

    fn measured(signature: Option<&[u8]>, key: &PublicKey, others: &[Vec<u8>]) -> Facts {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("polder");
        std::fs::write(&program, PROGRAM).unwrap();
        let installed =
            Installed { version: semver::Version::new(1, 2, 3), system: "linux-x86_64".to_owned(), program };
        let told = std::cell::Cell::default();
        let mut found = Vec::new();
        // Whatever was at hand, the answer is that of the signature that is named.
        let mut at_hand = vec![None, Some(b"no signature".to_vec()), signature.map(<[u8]>::to_vec)];
        at_hand.extend(others.iter().map(|other| Some(other.clone())));
        for at_hand in at_hand {
            let read = read(&installed, at_hand, key, &|done, total| told.set((done, total))).unwrap();
            found.push(facts(&read, &installed, signature, key));
        }
        let facts = found.pop().unwrap();
        assert!(found.iter().all(|other| *other == facts), "{found:?}");
        assert_eq!(told.get(), (facts.length, facts.length));
        facts
    }

    fn signed(pair: &minisign::KeyPair, program: &[u8], comment: &str) -> Vec<u8> {
        let signature = minisign::sign(None, &pair.sk, program, Some(comment), None).unwrap();
        signature.into_string().into_bytes()
    }

    const COMMENT: &str = "product:polder version:1.2.3 system:linux-x86_64";

    #[test]
    fn only_a_signature_of_this_key_over_these_bytes_for_this_release_holds() {
        let pair = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
        let other = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
        let key = PublicKey::from_base64(&pair.pk.to_base64()).unwrap();
        let good = signed(&pair, PROGRAM, COMMENT);
        let facts = measured(Some(&good), &key, &[]);
        assert_eq!(facts.signature, Signature::Holds);
        assert_eq!((facts.length, hex::encode(facts.sha256)), (23, crate::support::tuf::sha256(PROGRAM)));
        let changed_comment = String::from_utf8(signed(&pair, PROGRAM, "version:1.2.2"))
            .unwrap()
            .replace("version:1.2.2", COMMENT);
        for bad in [
            signed(&other, PROGRAM, COMMENT),
            signed(&pair, b"other bytes", COMMENT),
            signed(&pair, PROGRAM, "product:polder version:1.2.2 system:linux-x86_64"),
            signed(&pair, PROGRAM, "product:polder version:1.2.3 system:windows-x86_64"),
            changed_comment.into_bytes(),
            b"not a signature".to_vec(),
            vec![0xff],
        ] {
            let others = std::slice::from_ref(&good);
            assert_eq!(measured(Some(&bad), &key, others).signature, Signature::Broken);
        }
        assert_eq!(measured(None, &key, &[good]).signature, Signature::Missing);
    }

    #[test]
    fn a_signature_that_is_not_prehashed_is_refused() {
        let pair = Ed25519KeyPair::generate().unwrap();
        let tagged = |tag: &[u8], bytes: &[u8]| STANDARD.encode([tag, b"12345678", bytes].concat());
        let key = PublicKey::from_base64(&tagged(b"Ed", pair.public_key().as_ref())).unwrap();
        let signature = pair.sign(PROGRAM);
        let global = pair.sign(&[signature.as_ref(), COMMENT.as_bytes()].concat());
        let file = format!(
            "untrusted comment: x\n{}\ntrusted comment: {COMMENT}\n{}\n",
            tagged(b"Ed", signature.as_ref()),
            STANDARD.encode(global.as_ref()),
        );
        let legacy = Minisignature::decode(&file).unwrap();
        key.verify(PROGRAM, &legacy, true).expect("it is a good signature of the old kind");
        assert_eq!(measured(Some(file.as_bytes()), &key, &[]).signature, Signature::Broken);
    }
}
