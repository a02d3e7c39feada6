//! The trust anchors that a program is built with: one platform, its keys and the floor under its metadata.

use std::collections::HashSet;
use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use polder_wire::UnixSeconds;
use rustls_pki_types::CertificateDer;
use serde::Deserialize;
use sigstore_tuf::TrustedMetadataSet;
use url::{Host, Url};

/// One deployment. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Deployment(Arc<Anchors>);

#[derive(Debug)]
struct Anchors {
    name: String,
    origin: Url,
    host: String,
    ca: Vec<CertificateDer<'static>>,
    pins: Vec<Pin>,
    root: Vec<u8>,
    floor: Floor,
    minisign_key: minisign_verify::PublicKey,
    minisign_text: String,
    built_at: UnixSeconds,
}

/// SHA-256 over a certificate's subject public key info (SPKI, DER).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pin(pub(crate) [u8; 32]);

/// Versions of metadata below which nothing is believed, even with an empty store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// Of `timestamp.json`.
    pub timestamp: u64,
    /// Of `snapshot.json`.
    pub snapshot: u64,
    /// Of `targets.json`.
    pub targets: u64,
}

/// Why a deployment file is not acceptable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeploymentError {
    /// It is not the JSON object that it should be; missing and unknown fields count too.
    #[error("the deployment is not readable")]
    Unreadable(#[from] serde_json::Error),
    /// It is of another format.
    #[error("the deployment has schema {0}, known is 1")]
    Schema(u32),
    /// A field has the right type and no acceptable value.
    #[error("the deployment's `{0}` is not acceptable")]
    Field(&'static str),
}

impl Deployment {
    /// Reads a deployment file. Everything is checked here, so that nothing fails later for its sake.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn parse(json: &[u8]) -> Result<Self, DeploymentError> {
        let file: File = serde_json::from_slice(json)?;
        if file.schema != 1 {
            return Err(DeploymentError::Schema(file.schema));
        }
        if !is_name(&file.name) {
            return Err(DeploymentError::Field("name"));
        }
        let (origin, host) = parse_origin(&file.origin).ok_or(DeploymentError::Field("origin"))?;
        let ca = parse_ca(&file.ca).ok_or(DeploymentError::Field("ca"))?;
        let pins = parse_pins(&file.pins).ok_or(DeploymentError::Field("pins"))?;
        let root = STANDARD.decode(&file.root).map_err(|_| DeploymentError::Field("root"))?;
        // Verifies the root's own signatures, so that a damaged build shows at once.
        TrustedMetadataSet::from_root(&root).map_err(|_| DeploymentError::Field("root"))?;
        let minisign_key = minisign_verify::PublicKey::from_base64(&file.minisign_key)
            .map_err(|_| DeploymentError::Field("minisign_key"))?;
        if file.built_at.0 <= 0 {
            return Err(DeploymentError::Field("built_at"));
        }
        Ok(Self(Arc::new(Anchors {
            name: file.name,
            origin,
            host,
            ca,
            pins,
            root,
            floor: file.floor,
            minisign_key,
            minisign_text: file.minisign_key,
            built_at: file.built_at,
        })))
    }

    /// The deployment's short name: 1 to 64 of `a-z`, `0-9`, `-`.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Where the platform is: `https://host[:port]`, without a slash at the end.
    pub fn origin(&self) -> String {
        self.0.origin.origin().ascii_serialization()
    }

    /// The platform's host name, for people.
    pub fn host(&self) -> &str {
        &self.0.host
    }

    /// The port that the platform listens on.
    pub(crate) fn port(&self) -> u16 {
        // The scheme is https.
        self.0.origin.port().unwrap_or(443)
    }

    /// `host:port`, as a proxy is asked for it.
    pub(crate) fn authority(&self) -> String {
        format!("{}:{}", self.0.origin.host_str().unwrap_or_default(), self.port())
    }

    pub(crate) fn url(&self, path: &str) -> Option<Url> {
        let url = self.0.origin.join(path).ok()?;
        // A path such as `//elsewhere/` would lead off the origin.
        (url.origin() == self.0.origin.origin()).then_some(url)
    }

    pub(crate) fn ca(&self) -> &[CertificateDer<'static>] {
        &self.0.ca
    }

    /// The first is that of the key that the platform had when this was built; the others' keys are kept elsewhere.
    pub(crate) fn pins(&self) -> &[Pin] {
        &self.0.pins
    }

    pub(crate) fn root(&self) -> &[u8] {
        &self.0.root
    }

    pub(crate) fn floor(&self) -> Floor {
        self.0.floor
    }

    pub(crate) fn minisign_key(&self) -> &minisign_verify::PublicKey {
        &self.0.minisign_key
    }

    /// The same as people give it to the plain `minisign` program: `-P` and this.
    pub fn minisign_text(&self) -> &str {
        &self.0.minisign_text
    }

    pub(crate) fn built_at(&self) -> UnixSeconds {
        self.0.built_at
    }
}

impl Pin {
    /// Reads a pin as deployment and policy write it: Base64 of 32 bytes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        STANDARD.decode(text).ok()?.try_into().ok().map(Self)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    name: String,
    origin: String,
    ca: Vec<String>,
    pins: Vec<String>,
    root: String,
    floor: Floor,
    minisign_key: String,
    built_at: UnixSeconds,
}

fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn parse_origin(text: &str) -> Option<(Url, String)> {
    let url = Url::parse(text).ok()?;
    let host = match url.host()? {
        Host::Domain(name) => name.to_owned(),
        Host::Ipv4(address) => address.to_string(),
        // Behind a proxy reqwest takes its brackets for a part of the name and reaches nobody (its issue 3094); better no
        // such client is built than one that some people cannot use.
        Host::Ipv6(_) => return None,
    };
    // The canonical form only: no user, path, query, default port or upper case that would be dropped.
    (url.scheme() == "https" && url.origin().ascii_serialization() == text).then_some((url, host))
}

fn parse_ca(texts: &[String]) -> Option<Vec<CertificateDer<'static>>> {
    let certificates = texts
        .iter()
        .map(|text| {
            let certificate = CertificateDer::from(STANDARD.decode(text).ok()?);
            webpki::anchor_from_trusted_cert(&certificate).ok()?;
            Some(certificate)
        })
        .collect::<Option<Vec<_>>>()?;
    (!certificates.is_empty()).then_some(certificates)
}

/// At least two different ones: one of them belongs to a key that is kept offline, so that losing the
/// platform's key does not lock everybody out.
fn parse_pins(texts: &[String]) -> Option<Vec<Pin>> {
    let pins = texts.iter().map(|text| Pin::parse(text)).collect::<Option<Vec<_>>>()?;
    let distinct: HashSet<_> = pins.iter().collect();
    (distinct.len() >= 2).then_some(pins)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::support::World;

    fn parse(value: &Value) -> Result<Deployment, DeploymentError> {
        Deployment::parse(value.to_string().as_bytes())
    }

    #[test]
    fn a_good_deployment_reads() {
        let deployment = Deployment::parse(&World::new().deployment(4443)).unwrap();
        assert_eq!(deployment.name(), "local");
        assert_eq!(deployment.origin(), "https://localhost:4443");
        assert_eq!(deployment.host(), "localhost");
        assert_eq!(deployment.authority(), "localhost:4443");
        assert_eq!(deployment.url("/api/v1/me").unwrap().as_str(), "https://localhost:4443/api/v1/me");
    }

    #[test]
    fn a_path_cannot_lead_off_the_origin() {
        let deployment = Deployment::parse(&World::new().deployment(4443)).unwrap();
        for path in
            ["//elsewhere/", "https://elsewhere/", "http://localhost:4443/", "/\\elsewhere/", "\\\\x/"]
        {
            let url = deployment.url(path);
            assert!(url.is_none_or(|url| url.as_str().starts_with("https://localhost:4443/")), "{path}");
        }
        assert!(deployment.url("//elsewhere/").is_none());
    }

    #[test]
    fn every_field_is_asked_for_and_no_other_is_taken() {
        let good = World::new().deployment_value(4443);
        for field in good.as_object().unwrap().keys() {
            let mut missing = good.clone();
            missing.as_object_mut().unwrap().remove(field);
            assert!(matches!(parse(&missing), Err(DeploymentError::Unreadable(_))), "{field}");
        }
        let mut more = good;
        more["pin"] = json!("x");
        assert!(matches!(parse(&more), Err(DeploymentError::Unreadable(_))));
    }

    #[test]
    fn a_field_with_an_unacceptable_value_is_named() {
        let good = World::new().deployment_value(4443);
        let (pin, root) = (good["pins"][0].clone(), good["root"].as_str().unwrap());
        let damaged_root = {
            let text = String::from_utf8(STANDARD.decode(root).unwrap()).unwrap();
            STANDARD.encode(text.replace("\"version\":1", "\"version\":2"))
        };
        for (field, value) in [
            ("name", json!("")),
            ("name", json!("../local")),
            ("origin", json!("http://localhost:4443")),
            ("origin", json!("https://localhost:4443/")),
            ("origin", json!("https://localhost:443")),
            ("origin", json!("https://me@localhost:4443")),
            ("origin", json!("https://LOCALHOST:4443")),
            ("origin", json!("https://[2001:db8::7]:4443")),
            ("ca", json!([])),
            ("ca", json!(["AAAA"])),
            ("pins", json!([pin])),
            ("pins", json!([pin, pin])),
            ("pins", json!([pin, "AAAA"])),
            ("root", json!("AAAA")),
            ("root", json!(damaged_root)),
            ("minisign_key", json!("RW")),
            ("built_at", json!(0)),
        ] {
            let mut bad = good.clone();
            bad[field] = value;
            let result = parse(&bad);
            assert!(
                matches!(result, Err(DeploymentError::Field(named)) if named == field),
                "{bad} {result:?}"
            );
        }
        let mut other = good;
        other["schema"] = json!(2);
        assert!(matches!(parse(&other), Err(DeploymentError::Schema(2))));
    }
}
