use std::fs::{self, File};
use std::io;
use std::path::Path;

use semver::Version;

use crate::durable;
use crate::incoming::{Staged, remove, way_out};
use crate::pointer::Pointer;
use crate::refused::{Bad, Refused};
use crate::slots::{POINTER, REFUSED, Slots, SlotsError, io_at};
use crate::step::step;

/// The right to change slots, pointer and list. Ends when it is dropped, or with the process. Every change is whole or
/// not there, also after a power cut, and what is there is read anew before each.
#[derive(Debug)]
pub struct Locked {
    slots: Slots,
    _lock: File,
}

impl Locked {
    pub(crate) fn new(slots: Slots, lock: File) -> Self {
        Self { slots, _lock: lock }
    }

    /// The slots that this is about.
    pub fn slots(&self) -> &Slots {
        &self.slots
    }

    /// Puts a staged release in its place. One of the same version that was there before goes: it was damaged, or
    /// nobody would have staged it again.
    ///
    /// # Errors
    /// The system's; then the slot is what it was.
    pub fn place(&mut self, staged: Staged) -> Result<Version, SlotsError> {
        let version = staged.manifest().version.clone();
        let slot = self.slots.slot(&version);
        let at = io_at(&slot);
        let incoming = self.slots.incoming_folder();
        step().map_err(&at)?;
        if fs::symlink_metadata(&slot).is_ok() {
            exchange(staged.folder(), &slot, &incoming).map_err(&at)?;
        } else {
            durable::rename(staged.folder(), &slot).map_err(&at)?;
        }
        step().map_err(&at)?;
        durable::sync_folder(self.slots.folder()).map_err(&at)?;
        durable::sync_folder(&incoming).map_err(&at)?;
        // The old one, if there was one, lies there now.
        remove(&staged.keep())?;
        Ok(version)
    }

    /// Makes a placed slot the one to start, on trial.
    ///
    /// # Errors
    /// The system's, and [`SlotsError::NoSlot`].
    pub fn point_to(&mut self, version: &Version) -> Result<Pointer, SlotsError> {
        let slot = self.slots.slot(version);
        if !fs::symlink_metadata(&slot).is_ok_and(|metadata| metadata.is_dir()) {
            return Err(SlotsError::NoSlot(version.clone()));
        }
        let pointer = Pointer::to(version.clone(), self.slots.pointer()?);
        self.write_pointer(&pointer)?;
        Ok(pointer)
    }

    /// Counts a start of a release on trial. See [`Pointer::began`].
    ///
    /// # Errors
    /// The system's.
    pub fn began(&mut self, version: &Version) -> Result<Option<Pointer>, SlotsError> {
        self.change(|pointer| Some(pointer.began(version)))
    }

    /// Takes the count of a start back. See [`Pointer::took_back`].
    ///
    /// # Errors
    /// The system's.
    pub fn took_back(&mut self, version: &Version) -> Result<Option<Pointer>, SlotsError> {
        self.change(|pointer| Some(pointer.took_back(version)))
    }

    /// A release said something for itself. See [`Pointer::verdict`].
    ///
    /// # Errors
    /// The system's.
    pub fn verdict(&mut self, version: &Version) -> Result<Option<Pointer>, SlotsError> {
        self.change(|pointer| Some(pointer.verdict(version)))
    }

    /// A release painted its window and completed a check of its own. See [`Pointer::confirm`].
    ///
    /// # Errors
    /// The system's.
    pub fn confirm(&mut self, version: &Version) -> Result<Option<Pointer>, SlotsError> {
        self.change(|pointer| Some(pointer.confirm(version)))
    }

    /// Leaves a release for the one before. See [`Pointer::revert`].
    ///
    /// # Errors
    /// The system's.
    pub fn revert(&mut self, version: &Version) -> Result<Option<Pointer>, SlotsError> {
        self.change(|pointer| pointer.revert(version))
    }

    /// Remembers why a release is not tried again, by the SHA-256 of its unpacked archive.
    ///
    /// # Errors
    /// The system's.
    pub fn refuse(&mut self, archive: [u8; 32], version: &Version, why: Bad) -> Result<(), SlotsError> {
        let mut refused = self.slots.refused()?;
        refused.refuse(archive, version, why);
        self.write_refused(&refused)
    }

    /// Counts one more attempt at a release and says how many there were.
    ///
    /// # Errors
    /// The system's.
    pub fn attempt(&mut self, archive: [u8; 32], version: &Version) -> Result<u32, SlotsError> {
        let mut refused = self.slots.refused()?;
        let attempts = refused.attempt(archive, version);
        self.write_refused(&refused)?;
        Ok(attempts)
    }

    /// Removes the slots that neither the pointer nor `keep` names, and what writes that were broken off left.
    ///
    /// # Errors
    /// The system's.
    pub fn tidy(&mut self, keep: &[&Version]) -> Result<(), SlotsError> {
        let pointer = self.slots.pointer()?;
        let pointed = pointer.iter().flat_map(|pointer| [Some(&pointer.current), pointer.before.as_ref()]);
        let keep: Vec<&Version> = keep.iter().copied().chain(pointed.flatten()).collect();
        for version in self.slots.list()? {
            if !keep.contains(&&version) {
                self.discard(&version)?;
            }
        }
        let folder = self.slots.folder();
        for entry in fs::read_dir(folder).map_err(io_at(folder))? {
            let entry = entry.map_err(io_at(folder))?;
            if entry.file_name().to_str().is_some_and(|name| name.starts_with(durable::TEMPORARY)) {
                remove(&entry.path())?;
            }
        }
        Ok(())
    }

    /// Out of sight in one step, then away: a slot is never there by half.
    fn discard(&self, version: &Version) -> Result<(), SlotsError> {
        let slot = self.slots.slot(version);
        let incoming = self.slots.incoming_folder();
        fs::create_dir_all(&incoming).map_err(io_at(&incoming))?;
        let out = way_out(&incoming).map_err(io_at(&incoming))?;
        durable::rename(&slot, &out.path().join(version.to_string())).map_err(io_at(&slot))?;
        let out = out.keep();
        durable::sync_folder(self.slots.folder()).map_err(io_at(&slot))?;
        remove(&out)
    }

    fn change(
        &mut self,
        change: impl FnOnce(Pointer) -> Option<Pointer>,
    ) -> Result<Option<Pointer>, SlotsError> {
        let Some(pointer) = self.slots.pointer()? else { return Ok(None) };
        let changed = change(pointer.clone());
        match &changed {
            Some(changed) if *changed == pointer => {}
            Some(changed) => self.write_pointer(changed)?,
            None => {
                remove(&self.slots.folder().join(POINTER))?;
                durable::sync_folder(self.slots.folder()).map_err(io_at(self.slots.folder()))?;
            }
        }
        Ok(changed)
    }

    fn write_pointer(&self, pointer: &Pointer) -> Result<(), SlotsError> {
        self.write(POINTER, &pointer.to_json()?)
    }

    fn write_refused(&self, refused: &Refused) -> Result<(), SlotsError> {
        self.write(REFUSED, &refused.to_json()?)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), SlotsError> {
        let path = self.slots.folder().join(name);
        // Where something else than a file was put, no file could take its place.
        if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir()) {
            remove(&path)?;
        }
        durable::write(&path, bytes).map_err(io_at(&path))
    }
}

/// The new slot for the old, in one step where the system has one. Afterwards the old one lies at `new`.
fn exchange(new: &Path, slot: &Path, incoming: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        match renameat_with(CWD, new, CWD, slot, RenameFlags::EXCHANGE) {
            Ok(()) => return Ok(()),
            // Not every file system has it.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::NOTSUP) => {}
            Err(error) => return Err(error.into()),
        }
    }
    // In two; in between there is no slot of this version, and whoever starts takes another.
    let out = way_out(incoming)?.keep();
    two_steps(new, slot, &out)?;
    // Empty by now. Where it cannot go, it goes at the next clearing.
    let _ = fs::remove_dir(out);
    Ok(())
}

fn two_steps(new: &Path, slot: &Path, out: &Path) -> io::Result<()> {
    let old = out.join("old");
    durable::rename(slot, &old)?;
    if let Err(error) = durable::rename(new, slot) {
        // Back, so that there is what there was.
        durable::rename(&old, slot)?;
        return Err(error);
    }
    durable::rename(&old, new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_way_to_swap_two_folders_they_change_places_in_steps_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let [new, slot, out] = ["new", "slot", "out"].map(|name| folder.path().join(name));
        for (path, word) in [(&new, "new"), (&slot, "old"), (&out, "")] {
            fs::create_dir(path).unwrap();
            fs::write(path.join("word"), word).unwrap();
        }
        let word = |path: &Path| fs::read_to_string(path.join("word")).unwrap();
        two_steps(&new, &slot, &out).unwrap();
        assert_eq!((word(&slot), word(&new)), ("new".to_owned(), "old".to_owned()));
        two_steps(&folder.path().join("gone"), &slot, &out).unwrap_err();
        assert_eq!(word(&slot), "new");
    }
}
