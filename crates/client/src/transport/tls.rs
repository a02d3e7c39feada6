use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest;
use polder_wire::UnixSeconds;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientConfig, WebPkiServerVerifier};
use rustls::time_provider::TimeProvider;
use rustls::{CertificateError, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::issuer::ForeignIssuer;
use super::{Pins, TransportError};
use crate::deployment::{Deployment, Pin};

/// The server's key is none that was pinned; chain and name hold.
#[derive(Debug, thiserror::Error)]
#[error("the SPKI hash {} is not pinned", hex::encode(.0.0))]
pub(super) struct PinMismatch(Pin);

/// TLS as every connection uses it: 1.3 before 1.2 and nothing below, X25519MLKEM768 first, the
/// deployment's CA only, and the pins.
pub(super) fn config(
    deployment: &Deployment,
    pins: Arc<Pins>,
    floor: UnixSeconds,
) -> Result<ClientConfig, TransportError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    for certificate in deployment.ca() {
        roots.add(certificate.clone()).map_err(TransportError::setup)?;
    }
    let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .build()
        .map_err(TransportError::setup)?;
    let verifier = PinnedVerifier { chain, pins };
    let config = ClientConfig::builder_with_details(provider, Arc::new(FlooredClock(floor)))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(TransportError::setup)?
        // "Dangerous" names the place where a verifier of one's own is set; this one asks for more.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}

/// Chain and name by webpki, then the pin.
struct PinnedVerifier {
    chain: Arc<WebPkiServerVerifier>,
    pins: Arc<Pins>,
}

impl ServerCertVerifier for PinnedVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.chain
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            .map_err(|error| if is_foreign(&error) { foreign(end_entity, intermediates) } else { error })?;
        let pin = spki_pin(end_entity)?;
        if self.pins.accepts(pin) {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(CertificateError::Other(OtherError(Arc::new(PinMismatch(pin)))).into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let proven = self.chain.verify_tls12_signature(message, certificate, signature)?;
        self.met(certificate)?;
        Ok(proven)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let proven = self.chain.verify_tls13_signature(message, certificate, signature)?;
        self.met(certificate)?;
        Ok(proven)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chain.supported_verify_schemes()
    }
}

impl PinnedVerifier {
    /// Only here: a certificate is public, and showing another's proves nothing.
    fn met(&self, certificate: &CertificateDer<'_>) -> Result<(), rustls::Error> {
        self.pins.met(spki_pin(certificate)?);
        Ok(())
    }
}

impl fmt::Debug for PinnedVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PinnedVerifier({:?})", self.pins)
    }
}

/// A false CA of the same name shows as a bad signature, and a self-signed certificate that calls itself a
/// CA as one used for the wrong end. All of them mean: not from our CA.
fn is_foreign(error: &rustls::Error) -> bool {
    match error {
        rustls::Error::InvalidCertificate(
            CertificateError::UnknownIssuer | CertificateError::BadSignature,
        ) => true,
        rustls::Error::InvalidCertificate(CertificateError::Other(other)) => {
            matches!(other.0.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
        }
        _ => false,
    }
}

fn foreign(end_entity: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> rustls::Error {
    let issuer = ForeignIssuer::of_chain(end_entity, others);
    CertificateError::Other(OtherError(Arc::new(issuer))).into()
}

fn spki_pin(certificate: &CertificateDer<'_>) -> Result<Pin, rustls::Error> {
    let certificate = webpki::EndEntityCert::try_from(certificate)
        .map_err(|_| rustls::Error::from(CertificateError::BadEncoding))?;
    let hash = digest::digest(&digest::SHA256, &certificate.subject_public_key_info());
    // SHA-256 has 32 bytes.
    hash.as_ref().try_into().map(Pin).map_err(|_| CertificateError::BadEncoding.into())
}

/// The system's clock, but never before a time that is known to have passed.
#[derive(Debug)]
struct FlooredClock(UnixSeconds);

impl TimeProvider for FlooredClock {
    fn current_time(&self) -> Option<UnixTime> {
        let now = UnixSeconds::from_clock().max(self.0);
        let seconds = u64::try_from(now.0).ok()?;
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds)))
    }
}
