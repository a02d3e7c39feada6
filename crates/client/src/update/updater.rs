use sigstore_tuf::{MetadataStore, Repository, Updater, UpdaterConfig};

/// The root may have been rotated so many times since this was built.
const MAX_ROOT_ROTATIONS: u32 = 1_024;
/// What the TUF client buffers: the policy and minisign signatures, both far smaller. Whatever is larger is
/// streamed by its name, length and hashes.
const MAX_SMALL_TARGET: u64 = 256 * 1024;

/// The TUF client as every program of Polder sets it up: these limits and no others. The desktop client and
/// `polder-update`, which the public conformance suite drives, both begin here.
///
/// `root` is the one that is trusted before anything is fetched; what the store brings is verified again.
///
/// # Errors
/// When `root` does not read, or is not signed by enough of its own keys.
pub fn updater(
    files: impl Repository + 'static,
    root: &[u8],
    store: impl MetadataStore + 'static,
) -> sigstore_tuf::Result<Updater> {
    let mut config = UpdaterConfig::default();
    config.max_root_rotations = MAX_ROOT_ROTATIONS;
    config.target_max_length = MAX_SMALL_TARGET;
    Ok(Updater::new(files, root)?.with_config(config).with_store(store))
}
