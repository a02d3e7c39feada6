//! Whose certificate came instead of the platform's: a name for people, out of bytes that anybody can send.

use rustls_pki_types::CertificateDer;
use x509_cert::Certificate;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode, Tag, Tagged};

/// Who the presented chain's last certificate says that it comes from.
#[derive(Debug, thiserror::Error)]
#[error("the chain does not end at the deployment's CA")]
pub(super) struct ForeignIssuer(pub(super) Option<String>);

const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
/// Characters.
const MAX_NAME: usize = 64;

impl ForeignIssuer {
    /// Of a chain in the order in which it came.
    pub(super) fn of_chain(end_entity: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> Self {
        Self(name(others.last().unwrap_or(end_entity)))
    }
}

/// The issuer's organisation, or else its common name.
fn name(certificate: &CertificateDer<'_>) -> Option<String> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let attributes = || certificate.tbs_certificate.issuer.0.iter().flat_map(|part| part.0.iter());
    let named = |wanted| attributes().filter(move |attribute| attribute.oid == wanted);
    named(ORGANISATION)
        .chain(named(COMMON_NAME))
        .filter_map(|attribute| text(attribute.value.tag(), attribute.value.value()))
        .map(|text| presentable(&text))
        .find(|text| !text.is_empty())
}

/// The kinds of text that names are made of.
fn text(tag: Tag, bytes: &[u8]) -> Option<String> {
    match tag {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String => {
            std::str::from_utf8(bytes).ok().map(str::to_owned)
        }
        // T.61 by the book, Latin-1 by custom.
        Tag::TeletexString => Some(bytes.iter().copied().map(char::from).collect()),
        Tag::BmpString => {
            let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            Some(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
        }
        _ => None,
    }
}

/// Without what would break a line or turn it around, and not longer than a line.
fn presentable(text: &str) -> String {
    let kept: String = text.chars().filter(|&c| !c.is_control() && !is_invisible(c)).take(MAX_NAME).collect();
    kept.trim().to_owned()
}

/// Characters that are not seen themselves and change what is: marks of direction, separators of lines, joiners.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(fuzzing)]
pub(super) fn fuzz(bytes: &[u8]) {
    if let Some(name) = name(&CertificateDer::from(bytes)) {
        assert!(name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control), "{name:?}");
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, DnValue};

    use super::*;
    use crate::support::tls;

    fn of(entries: &[(DnType, DnValue)]) -> Option<String> {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        for (kind, value) in entries {
            params.distinguished_name.push(kind.clone(), value.clone());
        }
        let certificate = params.self_signed(&tls::key()).unwrap();
        ForeignIssuer::of_chain(certificate.der(), &[]).0
    }

    fn utf8(text: &str) -> DnValue {
        DnValue::Utf8String(text.to_owned())
    }

    #[test]
    fn the_organisation_goes_before_the_common_name() {
        let both = [(DnType::CommonName, utf8("Root 1")), (DnType::OrganizationName, utf8("Inspect Oy"))];
        assert_eq!(of(&both).as_deref(), Some("Inspect Oy"));
        assert_eq!(of(&both[..1]).as_deref(), Some("Root 1"));
        assert_eq!(of(&[]), None);
        let empty = [(DnType::OrganizationName, utf8(" \u{202e}")), (DnType::CommonName, utf8("Root 1"))];
        assert_eq!(of(&empty).as_deref(), Some("Root 1"));
    }

    #[test]
    fn names_in_older_kinds_of_text_are_read() {
        let bmp = DnValue::BmpString("Mitä".try_into().unwrap());
        assert_eq!(of(&[(DnType::CommonName, bmp)]).as_deref(), Some("Mitä"));
        let printable = DnValue::PrintableString("Plain".try_into().unwrap());
        assert_eq!(of(&[(DnType::CommonName, printable)]).as_deref(), Some("Plain"));
        assert_eq!(text(Tag::TeletexString, b"Mit\xe4").as_deref(), Some("Mitä"));
        assert_eq!(text(Tag::OctetString, b"x"), None);
    }

    #[test]
    fn a_name_stays_on_its_line_and_in_its_place() {
        assert_eq!(presentable("Good\r\n\u{202e}dab\u{0}\u{2066}\u{200b}\u{feff}CA\u{85}"), "GooddabCA");
        assert_eq!(presentable(&"ä".repeat(100)).chars().count(), 64);
    }

    #[test]
    fn what_is_no_certificate_has_no_issuer() {
        assert_eq!(ForeignIssuer::of_chain(&CertificateDer::from(vec![0x30, 0x80]), &[]).0, None);
    }
}
