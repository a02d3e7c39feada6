use serde_json::Value;

/// Whether these bytes are a CycloneDX list of parts.
pub fn is_sbom(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Value>(bytes).is_ok_and(|sbom| sbom["bomFormat"] == "CycloneDX")
}
