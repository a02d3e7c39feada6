//! Linux knows the priority of each thread, and a disk is read and written in the same order.

/// Less than what people use (0) and more than what never has to end (19).
const NICE: i32 = 10;

/// The thread that asks gives way from now on.
pub(super) fn give_way() -> std::io::Result<()> {
    Ok(rustix::process::setpriority_process(None, NICE)?)
}

/// How much the thread that asks gives way.
#[cfg(test)]
pub(super) fn given_way() -> i32 {
    rustix::process::getpriority_process(None).unwrap()
}
