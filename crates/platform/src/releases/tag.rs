//! Entity tags of targets. The file service makes its own out of size and time of writing, which differ from node to
//! node and from copy to copy, and it knows no `If-Range`; a target's name holds its hash, which says more.

use http::header::{IF_MATCH, IF_NONE_MATCH, IF_RANGE, RANGE};
use http::{HeaderMap, HeaderValue};
use polder_wire::update::target_tag;

/// The tag of the file at this path below the folder, if it is named by its hash.
pub(super) fn of(path: &str) -> Option<HeaderValue> {
    let (_, name) =
        path.strip_prefix("/targets/")?.rsplit_once('/').unwrap_or(("", &path["/targets/".len()..]));
    let (hash, _) = name.split_once('.')?;
    let mut sha256 = [0; 32];
    hex::decode_to_slice(hash, &mut sha256).ok()?;
    HeaderValue::from_str(&target_tag(&sha256)).ok()
}

/// A range counts only for the version of the file that it was meant for (RFC 9110, 13.1.5); otherwise the whole comes.
pub(super) fn settle_range(headers: &mut HeaderMap, tag: Option<&HeaderValue>) {
    if let Some(wanted) = headers.remove(IF_RANGE)
        && Some(&wanted) != tag
    {
        headers.remove(RANGE);
    }
}

/// Whether the client says that it has this very file. Conditions on a tag of ours are settled here, because the file
/// service would hold them against its own.
pub(super) fn settle_known(headers: &mut HeaderMap, tag: Option<&HeaderValue>) -> bool {
    let Some(tag) = tag.and_then(|tag| tag.to_str().ok()) else { return false };
    headers.remove(IF_MATCH);
    let said = headers.remove(IF_NONE_MATCH);
    let said = said.as_ref().and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_target_that_is_named_by_its_hash_has_a_tag() {
        let hash = "ab".repeat(32);
        let tag = HeaderValue::from_str(&format!("\"{hash}\"")).unwrap();
        assert_eq!(of(&format!("/targets/{hash}.policy.json")), Some(tag.clone()));
        assert_eq!(of(&format!("/targets/releases/1.0.0/linux-x86_64/{hash}.polder")), Some(tag));
        for other in [
            format!("/metadata/{hash}.json"),
            "/targets/policy.json".into(),
            format!("/targets/{hash}"),
            "/".into(),
        ] {
            assert_eq!(of(&other), None, "{other}");
        }
    }
}
