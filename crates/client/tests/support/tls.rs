use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PublicKeyData};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

pub fn key() -> KeyPair {
    KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap()
}

/// As deployments write it.
pub fn pin(key: &KeyPair) -> String {
    STANDARD.encode(digest(&SHA256, &key.subject_public_key_info()))
}

pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    der: CertificateDer<'static>,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let key = key();
        let params = authority(name);
        let der = params.self_signed(&key).unwrap().der().clone();
        Self { issuer: Issuer::new(params, key), der }
    }

    /// One that this one vouches for, within these limits.
    pub fn intermediate(&self, params: CertificateParams) -> Self {
        let key = key();
        let der = params.signed_by(&key, &self.issuer).unwrap().der().clone();
        Self { issuer: Issuer::new(params, key), der }
    }

    pub fn der(&self) -> &[u8] {
        &self.der
    }

    pub fn issue(&self, name: &str, key: &KeyPair) -> Identity {
        self.issue_with(&leaf(name), key)
    }

    pub fn issue_with(&self, params: &CertificateParams, key: &KeyPair) -> Identity {
        Identity::new(params.signed_by(key, &self.issuer).unwrap().der().clone(), key)
    }
}

/// For an intermediate that may vouch for everything.
pub fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

pub fn leaf(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

/// Certificates and key of a server.
pub struct Identity {
    certificates: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    pub fn new(certificate: CertificateDer<'static>, key: &KeyPair) -> Self {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Self { certificates: vec![certificate], key }
    }

    /// With what it shows besides its own, such as who signed it.
    pub fn with(mut self, certificate: &[u8]) -> Self {
        self.certificates.push(certificate.to_vec().into());
        self
    }

    /// With another key than its certificate's, as somebody who has seen the certificate alone.
    pub fn with_key_of(mut self, other: &KeyPair) -> Self {
        self.key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(other.serialize_der()));
        self
    }

    /// Its own certificate.
    pub fn der(&self) -> &[u8] {
        &self.certificates[0]
    }

    pub fn self_signed(params: &CertificateParams, key: &KeyPair) -> Self {
        Self::new(params.self_signed(key).unwrap().der().clone(), key)
    }

    pub fn config(self, versions: &[&'static rustls::SupportedProtocolVersion]) -> Arc<rustls::ServerConfig> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth();
        // Not by the way that sees whether the two belong together.
        let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&self.key).unwrap();
        let certified = rustls::sign::CertifiedKey::new(self.certificates, key);
        Arc::new(config.with_cert_resolver(Arc::new(Always(Arc::new(certified)))))
    }
}

/// Shows the same to everybody.
#[derive(Debug)]
struct Always(Arc<rustls::sign::CertifiedKey>);

impl rustls::server::ResolvesServerCert for Always {
    fn resolve(&self, _: rustls::server::ClientHello<'_>) -> Option<Arc<rustls::sign::CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}
