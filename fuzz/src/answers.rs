//! What the platform answers, each kind: whatever it is, it reads or it does not.
#![no_main]

use libfuzzer_sys::fuzz_target;
use polder_wire::Problem;
use polder_wire::project::{Listed, Opened};
use polder_wire::sign_in::{Enrolment, Grant, Me, NextStep};
use polder_wire::update::Policy;
use serde::de::DeserializeOwned;

fn read<T: DeserializeOwned>(bytes: &[u8]) {
    drop(serde_json::from_slice::<T>(bytes));
}

fuzz_target!(|bytes: &[u8]| {
    read::<Problem>(bytes);
    read::<Listed>(bytes);
    read::<Opened>(bytes);
    read::<Enrolment>(bytes);
    read::<Grant>(bytes);
    read::<Me>(bytes);
    read::<NextStep>(bytes);
    read::<Policy>(bytes);
});
