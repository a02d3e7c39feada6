use std::fs;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData as _,
};

use crate::LocalError;
use crate::files::{write_private, write_whole};

/// The deployment's own CA. Public so that attack tests can have it sign what a client must refuse.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: Vec<u8>,
}

impl Authority {
    /// Makes a CA, the platform's certificate, and a backup key of which only the pin is used.
    pub(crate) fn create(folder: &Path) -> Result<Self, LocalError> {
        let key = KeyPair::generate()?;
        let params = ca_params()?;
        let certificate = params.self_signed(&key)?.der().to_vec();
        write_private(&folder.join("ca.key.pem"), key.serialize_pem().as_bytes())?;
        write_whole(&folder.join("ca.der"), &certificate)?;
        let authority = Self { issuer: Issuer::new(params, key), certificate };

        let platform = KeyPair::generate()?;
        let chain = pem(&authority.certificate_for(&platform)?);
        write_whole(&folder.join("platform.pem"), chain.as_bytes())?;
        write_private(&folder.join("platform.key.pem"), platform.serialize_pem().as_bytes())?;
        let backup = KeyPair::generate()?;
        write_private(&folder.join("backup.key.pem"), backup.serialize_pem().as_bytes())?;
        Ok(authority)
    }

    pub(crate) fn open(folder: &Path) -> Result<Self, LocalError> {
        let path = folder.join("ca.der");
        let certificate = fs::read(&path).map_err(LocalError::file(&path))?;
        let key = read_key(&folder.join("ca.key.pem"))?;
        Ok(Self { issuer: Issuer::new(ca_params()?, key), certificate })
    }

    /// The CA's certificate, DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The same as PEM, for other programs.
    pub fn certificate_pem(&self) -> String {
        pem(&self.certificate)
    }

    /// A server certificate (DER) for `localhost` and 127.0.0.1 with any key.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn certificate_for(&self, key: &KeyPair) -> Result<Vec<u8>, LocalError> {
        self.certificate_saying(&leaf_params()?, key)
    }

    /// A certificate (DER) that says anything.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn certificate_saying(
        &self,
        params: &CertificateParams,
        key: &KeyPair,
    ) -> Result<Vec<u8>, LocalError> {
        Ok(params.signed_by(key, &self.issuer)?.der().to_vec())
    }

    /// SPKI pins of the platform's and of the backup key: SHA-256, Base64.
    pub(crate) fn pins(folder: &Path) -> Result<[String; 2], LocalError> {
        let pin = |name: &str| Ok::<_, LocalError>(pin(&read_key(&folder.join(name))?));
        Ok([pin("platform.key.pem")?, pin("backup.key.pem")?])
    }
}

fn pin(key: &KeyPair) -> String {
    STANDARD.encode(digest(&SHA256, &key.subject_public_key_info()))
}

fn read_key(path: &Path) -> Result<KeyPair, LocalError> {
    let text = fs::read_to_string(path).map_err(LocalError::file(path))?;
    Ok(KeyPair::from_pem(&text)?)
}

fn ca_params() -> Result<CertificateParams, LocalError> {
    let mut params = CertificateParams::new(Vec::<String>::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name.push(DnType::CommonName, "Polder, throwaway CA of this machine");
    Ok(params)
}

fn leaf_params() -> Result<CertificateParams, LocalError> {
    let mut params = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, "localhost");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in text.as_bytes().chunks(64) {
        pem.extend(line.iter().map(|&byte| char::from(byte)));
        pem.push('\n');
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}
