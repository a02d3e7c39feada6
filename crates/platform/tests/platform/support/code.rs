use aws_lc_rs::hmac;

/// The TOTP code (RFC 6238, SHA-1, 6 digits, 30 seconds) of a key at a time.
pub(crate) fn at(key: &[u8], seconds: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let tag = hmac::sign(&key, &(seconds / 30).to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag[19] & 0xf);
    let number = u32::from_be_bytes(tag[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// A code that is not right at this time nor near it.
pub(crate) fn wrong_at(key: &[u8], seconds: i64) -> String {
    let near: Vec<_> = (-3..=3).map(|step| at(key, seconds + 30 * step)).collect();
    (0..).map(|n| format!("{n:06}")).find(|code| !near.contains(code)).unwrap()
}

/// RFC 4648, without padding.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(held >> bits & 31) as usize]));
        }
    }
    if bits > 0 {
        text.push(char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(held << (5 - bits) & 31) as usize]));
    }
    text
}

/// Reads [`base32`].
pub(crate) fn from_base32(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0_u32, 0);
    for letter in text.bytes() {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|&l| l == letter).unwrap();
        held = held << 5 | u32::try_from(value).unwrap();
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 255) as u8);
        }
    }
    bytes
}

#[test]
fn codes_are_those_of_rfc_6238() {
    // Appendix B, the last six of eight digits.
    assert_eq!(at(b"12345678901234567890", 59), "287082");
    assert_eq!(at(b"12345678901234567890", 20_000_000_000), "353130");
    assert_eq!(from_base32(&base32(b"12345678901234567890")), b"12345678901234567890");
}
