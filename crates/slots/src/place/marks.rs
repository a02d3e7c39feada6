//! What cloud drives leave in the top folder of what they sync, on every system.

use std::fs;
use std::path::Path;

use super::Cloud;

/// By name, and whether it is a folder.
const MARKS: &[(&str, bool, Cloud)] = &[
    (".dropbox", false, Cloud::Dropbox),
    (".dropbox.cache", true, Cloud::Dropbox),
    (".tmp.drivedownload", true, Cloud::GoogleDrive),
    (".tmp.driveupload", true, Cloud::GoogleDrive),
    (".owncloudsync.log", false, Cloud::Nextcloud),
    (".nextcloudsync.log", false, Cloud::Nextcloud),
    (".stfolder", true, Cloud::Syncthing),
];

/// Whose marks lie in this folder. One that is not there or cannot be read has none.
pub(super) fn of(folder: &Path) -> Option<Cloud> {
    let is = |name: &str, is_folder: bool| {
        fs::symlink_metadata(folder.join(name)).is_ok_and(|found| found.is_dir() == is_folder)
    };
    let known = MARKS.iter().find(|&&(name, is_folder, _)| is(name, is_folder)).map(|&(.., cloud)| cloud);
    known.or_else(|| journal(folder).then_some(Cloud::Nextcloud))
}

/// Nextcloud's own list of what it synced, with a name that differs in each folder.
fn journal(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| {
        entry.file_name().to_str().is_some_and(|name| {
            let name = name.strip_prefix("._sync_").or_else(|| name.strip_prefix(".sync_"));
            let hash = name.and_then(|name| name.strip_suffix(".db"));
            hash.is_some_and(|hash| hash.len() >= 6 && hash.bytes().all(|b| b.is_ascii_hexdigit()))
        })
    })
}
