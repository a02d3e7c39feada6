//! macOS: the window server counts how long nothing was typed or moved; the system's notification centres tell of locks
//! and of sleep.

use std::ptr::NonNull;
use std::sync::Arc;
use std::time::Duration;

use block2::RcBlock;
use objc2_app_kit::{
    NSWorkspace, NSWorkspaceDidWakeNotification, NSWorkspaceSessionDidResignActiveNotification,
    NSWorkspaceWillSleepNotification,
};
use objc2_core_graphics::{CGEventSource, CGEventSourceStateID, CGEventType};
use objc2_foundation::{NSDistributedNotificationCenter, NSNotification, NSNotificationCenter, NSString};

use super::{Away, AwayError, Tell};

/// `kCGAnyInputEventType`: whatever was typed, moved or touched.
const ANY_INPUT: CGEventType = CGEventType(u32::MAX);

/// Lives as long as the program: the centres keep whom they tell, and belong to the main thread, where nothing that is
/// dropped elsewhere could take them back.
pub(crate) struct Watch;

/// See [`super::idle`].
pub(super) async fn idle() -> Result<Duration, AwayError> {
    let seconds =
        CGEventSource::seconds_since_last_event_type(CGEventSourceStateID::HIDSystemState, ANY_INPUT);
    Duration::try_from_secs_f64(seconds).map_err(AwayError::system)
}

/// See [`super::watch`].
#[allow(clippy::unnecessary_wraps, reason = "each system has this function")]
pub(super) fn watch(tell: Tell) -> Result<Watch, AwayError> {
    let tell: Arc<Tell> = Arc::new(tell);
    let everywhere = NSDistributedNotificationCenter::defaultCenter();
    // Not in any header, and told by every macOS since 10.7.
    tell_on(&everywhere, &NSString::from_str("com.apple.screenIsLocked"), &tell, Away::Locked);
    tell_on(&everywhere, &NSString::from_str("com.apple.screenIsUnlocked"), &tell, Away::Unlocked);
    let here = NSWorkspace::sharedWorkspace().notificationCenter();
    // SAFETY: names that AppKit exports and nobody changes.
    #[allow(unsafe_code, reason = "they are statics of a library in C")]
    let (sleep, wake, behind) = unsafe {
        (
            NSWorkspaceWillSleepNotification,
            NSWorkspaceDidWakeNotification,
            NSWorkspaceSessionDidResignActiveNotification,
        )
    };
    tell_on(&here, sleep, &tell, Away::Suspending);
    tell_on(&here, wake, &tell, Away::Resumed);
    // Somebody else's session came to the front.
    tell_on(&here, behind, &tell, Away::Locked);
    Ok(Watch)
}

/// The computer sleeps once everybody who is told has returned (within 30 seconds).
fn tell_on(centre: &NSNotificationCenter, name: &NSString, tell: &Arc<Tell>, away: Away) {
    let tell = Arc::clone(tell);
    let told = RcBlock::new(move |_: NonNull<NSNotification>| tell(away));
    // SAFETY: no object and no queue are named, and what the block holds may be used on any thread.
    #[allow(unsafe_code, reason = "a call of the system's")]
    let token = unsafe { centre.addObserverForName_object_queue_usingBlock(Some(name), None, None, &told) };
    // The centre keeps it; letting go of the token changes nothing.
    drop(token);
}
