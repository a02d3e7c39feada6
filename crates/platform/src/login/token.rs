use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use polder_wire::Secret;
use zeroize::Zeroizing;

use crate::Random;
use crate::store::NoRandomness;

/// A new opaque token: 256 random bits.
pub(super) fn new(random: Random) -> Result<Secret, NoRandomness> {
    let mut bytes = Zeroizing::new([0; 32]);
    random.fill(&mut *bytes).map_err(|_| NoRandomness)?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(*bytes)))
}

/// What the database keeps of a token. A token has more randomness than anybody can try, so a plain hash
/// does: whoever reads the database cannot use what it says.
pub(super) fn hash(token: &Secret) -> String {
    hex::encode(digest(&SHA256, token.expose().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_256_bits_of_base64url_and_never_the_same() {
        let random: Random = Box::leak(Box::new(aws_lc_rs::rand::SystemRandom::new()));
        let (one, other) = (new(random).unwrap(), new(random).unwrap());
        assert_eq!(URL_SAFE_NO_PAD.decode(one.expose()).unwrap().len(), 32);
        assert_ne!(one, other);
        assert_ne!(hash(&one), hash(&other));
    }
}
