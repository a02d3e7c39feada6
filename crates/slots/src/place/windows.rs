//! Windows: local application data, which does not roam with the person's profile. OneDrive names its folders in the
//! environment; every drive that keeps files elsewhere until they are asked for says so in their attributes.

use std::os::windows::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::Cloud;

const ONE_DRIVE: [&str; 3] = ["OneDrive", "OneDriveCommercial", "OneDriveConsumer"];
/// `FILE_ATTRIBUTE_RECALL_ON_OPEN`, `_PINNED`, `_UNPINNED`, `_RECALL_ON_DATA_ACCESS` (winnt.h): of the cloud files API.
const IN_THE_CLOUD: u32 = 0x0004_0000 | 0x0008_0000 | 0x0010_0000 | 0x0040_0000;

/// Nothing else is both this person's and local.
pub(super) fn places() -> Vec<PathBuf> {
    dirs::data_local_dir().into_iter().collect()
}

/// See [`super::synced`].
pub(super) fn synced(folder: &Path) -> Option<Cloud> {
    let drives = ONE_DRIVE.iter().filter_map(std::env::var_os).filter(|drive| !drive.is_empty());
    if drives.into_iter().any(|drive| lies_in(folder, Path::new(&drive))) {
        return Some(Cloud::OneDrive);
    }
    let recalled = |folder: &Path| {
        std::fs::symlink_metadata(folder).is_ok_and(|found| found.file_attributes() & IN_THE_CLOUD != 0)
    };
    folder.ancestors().any(recalled).then_some(Cloud::Another)
}

/// Part by part, and whichever case each is written in.
fn lies_in(folder: &Path, drive: &Path) -> bool {
    let lower = |path: &Path| -> Vec<String> {
        path.components().map(|part| part.as_os_str().to_string_lossy().to_lowercase()).collect()
    };
    lower(folder).starts_with(&lower(drive))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_onedrive_is_known_however_it_is_written_and_its_neighbour_is_none() {
        let drive = Path::new(r"C:\Users\Jörg\OneDrive");
        assert!(lies_in(Path::new(r"c:\users\JÖRG\onedrive\Polder"), drive));
        assert!(!lies_in(Path::new(r"C:\Users\Jörg\OneDrive - Old\Polder"), drive));
        assert!(!lies_in(Path::new(r"C:\Users\Jörg"), drive));
    }
}
