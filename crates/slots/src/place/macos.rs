//! macOS: the Library; file providers (iCloud Drive, OneDrive, Dropbox, Google Drive of today) live in two folders of it,
//! and mark what they sync with an attribute, wherever it lies.

use std::path::{Path, PathBuf};

use super::Cloud;

const PROVIDED: [&str; 2] = ["com.apple.file-provider-domain-id", "com.apple.fileprovider.fpfs#P"];

/// Nothing else in a Library is both local and lasting.
pub(super) fn places() -> Vec<PathBuf> {
    dirs::data_local_dir().into_iter().collect()
}

/// See [`super::synced`].
pub(super) fn synced(folder: &Path) -> Option<Cloud> {
    let text = folder.to_string_lossy();
    if text.contains("/Library/Mobile Documents/") {
        return Some(Cloud::ICloud);
    }
    if text.contains("/Library/CloudStorage/") {
        return Some(Cloud::Another);
    }
    // Through links, as the folder itself would be reached.
    let is_provided = |folder: &Path| {
        PROVIDED.iter().any(|name| rustix::fs::getxattr(folder, *name, &mut [0_u8; 0]).is_ok())
    };
    folder.ancestors().any(is_provided).then_some(Cloud::Another)
}
