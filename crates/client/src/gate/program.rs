use std::fs::File;
use std::io::{self, Read};

use aws_lc_rs::digest::{Context, SHA256};
use minisign_verify::{PublicKey, Signature as Minisignature};
use polder_wire::update::trusted_comment;

use super::{Facts, Installed, Signature};

/// Reads the program once, through one handle, for its hash and for its signature. `told` hears how many bytes were
/// read of how many.
pub(super) fn measure(
    installed: &Installed,
    signature_file: Option<&[u8]>,
    key: &PublicKey,
    told: &dyn Fn(u64, u64),
) -> io::Result<Facts> {
    let mut program = File::open(&installed.program)?;
    let total = program.metadata()?.len();
    let signature = signature_file.map(|bytes| {
        let text = std::str::from_utf8(bytes).ok()?;
        Minisignature::decode(text).ok()
    });
    // `verify_stream` takes prehashed signatures of this very key only.
    let mut verifier = match &signature {
        Some(Some(signature)) => key.verify_stream(signature).ok(),
        _ => None,
    };
    let mut hash = Context::new(&SHA256);
    let mut length = 0;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let read = match program.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hash.update(&buffer[..read]);
        if let Some(verifier) = &mut verifier {
            verifier.update(&buffer[..read]);
        }
        length += read as u64;
        told(length, total);
    }
    let holds = match (&signature, verifier) {
        (Some(Some(signature)), Some(mut verifier)) => {
            // The trusted comment is proven only once `finalize` said so, which must be called once only.
            verifier.finalize().is_ok()
                && signature.trusted_comment() == trusted_comment(&installed.version, &installed.system)
        }
        _ => false,
    };
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(hash.finish().as_ref());
    Ok(Facts {
        version: installed.version.clone(),
        system: installed.system.clone(),
        length,
        sha256,
        signature: match signature {
            None => Signature::Missing,
            Some(_) if holds => Signature::Holds,
            Some(_) => Signature::Broken,
        },
    })
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
    use std::io::Write;

    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
    use base64::{Engine, engine::general_purpose::STANDARD};

    use super::*;

    const PROGRAM: &[u8] = b"the program's own bytes";

    fn measured(signature: Option<&[u8]>, key: &PublicKey) -> Facts {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(PROGRAM).unwrap();
        let installed = Installed {
            version: semver::Version::new(1, 2, 3),
            system: "linux-x86_64".to_owned(),
            program: file.path().to_owned(),
        };
        let told = std::cell::Cell::default();
        let facts = measure(&installed, signature, key, &|done, total| told.set((done, total))).unwrap();
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
        let facts = measured(Some(&good), &key);
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
            assert_eq!(measured(Some(&bad), &key).signature, Signature::Broken);
        }
        assert_eq!(measured(None, &key).signature, Signature::Missing);
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
        assert_eq!(measured(Some(file.as_bytes()), &key).signature, Signature::Broken);
    }
}
