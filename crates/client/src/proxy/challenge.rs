//! `Proxy-Authenticate` (RFC 9110, section 11.6.1): what a proxy asks for.

/// What a proxy offers, of what is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Offered {
    pub(super) basic: bool,
    pub(super) ntlm: bool,
    pub(super) negotiate: bool,
}

impl Offered {
    /// Reads all fields of that name. Each may name several schemes, each with parameters of its own.
    pub(super) fn read<'a>(fields: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut offered = Self::default();
        for element in fields.into_iter().flat_map(elements) {
            let Some(scheme) = scheme(element) else { continue };
            let is = |name: &str| scheme.eq_ignore_ascii_case(name.as_bytes());
            offered.basic |= is("basic");
            offered.ntlm |= is("ntlm");
            offered.negotiate |= is("negotiate");
        }
        offered
    }
}

/// What stands between commas, where a comma in a quoted text is none.
fn elements(field: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    field
        .split(move |&byte| {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                b',' => return !quoted,
                _ => {}
            }
            false
        })
        .map(<[u8]>::trim_ascii)
}

/// The scheme that begins here, unless this is one more parameter of the scheme before: a token, and then
/// nothing, or space and no `=` right behind it (`realm = "x"` is a parameter).
fn scheme(element: &[u8]) -> Option<&[u8]> {
    let end = element.iter().position(|&byte| !is_token(byte)).unwrap_or(element.len());
    let (token, rest) = element.split_at(end);
    let begins = match rest.first() {
        None => true,
        Some(b' ' | b'\t') => !rest.trim_ascii_start().starts_with(b"="),
        Some(_) => false,
    };
    (begins && !token.is_empty()).then_some(token)
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(fields: &[&str]) -> (bool, bool, bool) {
        let Offered { basic, ntlm, negotiate } = Offered::read(fields.iter().map(|field| field.as_bytes()));
        (basic, ntlm, negotiate)
    }

    #[test]
    fn schemes_are_read_from_every_field_and_from_nothing_else() {
        for (fields, expected) in [
            (vec![], (false, false, false)),
            (vec![""], (false, false, false)),
            (vec!["Basic realm=\"x\""], (true, false, false)),
            (vec!["bAsIc"], (true, false, false)),
            (vec!["NTLM"], (false, true, false)),
            (vec!["NTLM TlRMTVNTUAACAAAA=="], (false, true, false)),
            (vec!["Negotiate"], (false, false, true)),
            (vec!["Negotiate", "NTLM"], (false, true, true)),
            (vec!["Negotiate, NTLM, Basic realm=\"x\""], (true, true, true)),
            (vec!["Digest realm=\"x\", nonce=\"y\", Basic realm=\"z\""], (true, false, false)),
            (vec!["  ,, NTLM\t"], (false, true, false)),
            // What is quoted is no scheme, and neither is a parameter.
            (vec!["Digest realm=\"a, Basic b\""], (false, false, false)),
            (vec!["Digest realm=\"a\\\", Basic b\""], (false, false, false)),
            (vec!["Digest x=y, basic=1, ntlm = 2"], (false, false, false)),
            (vec!["Digest x=y, basic = \"1\""], (false, false, false)),
            (vec!["BasicX", "X-Basic", "Basic/1"], (false, false, false)),
            (vec!["Digest realm=\"open", "NTLM"], (false, true, false)),
        ] {
            assert_eq!(read(&fields), expected, "{fields:?}");
        }
    }

    proptest! {
        #[test]
        fn order_case_and_how_they_are_spread_over_fields_do_not_matter(
            schemes in prop::sample::subsequence(vec!["Basic", "NTLM", "Negotiate", "Digest", "Bearer"], 0..=5)
                .prop_shuffle(),
            upper in any::<bool>(),
            realm in "[ -~]{0,12}",
            one in any::<bool>(),
        ) {
            let realm = realm.replace(['\\', '"'], "");
            let challenges: Vec<String> = schemes
                .iter()
                .map(|scheme| if upper { scheme.to_uppercase() } else { (*scheme).to_owned() })
                .map(|scheme| format!("{scheme} realm=\"{realm}\", x=y"))
                .collect();
            let fields = if one { vec![challenges.join(", ")] } else { challenges };
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            let has = |name: &str| schemes.contains(&name);
            prop_assert_eq!(read(&fields), (has("Basic"), has("NTLM"), has("Negotiate")));
        }

        #[test]
        fn no_field_makes_it_panic(field in prop::collection::vec(any::<u8>(), 0..60)) {
            Offered::read([field.as_slice()]);
        }
    }
}
