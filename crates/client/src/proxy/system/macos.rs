//! The network settings that count now, from the system's dynamic store.

use core_foundation::array::CFArray;
use core_foundation::base::{CFType, TCFType};
use core_foundation::dictionary::CFDictionary;
use core_foundation::number::CFNumber;
use core_foundation::string::CFString;
use system_configuration::dynamic_store::SCDynamicStoreBuilder;

use super::Found;
use super::settings::{self, MacValues};
use crate::proxy::bypass::Goal;

pub(super) async fn find(goal: &Goal<'_>) -> Found {
    // One call to a service of the system that is always there. Nothing of Core Foundation, which must stay
    // on its thread, lives across an await.
    match values() {
        Some(values) => settings::macos(&values, goal),
        None => Found::None,
    }
}

fn values() -> Option<MacValues> {
    let store = SCDynamicStoreBuilder::new("Polder").build()?;
    let proxies = store.get_proxies()?;
    let is = |key| number(&proxies, key).is_some_and(|enabled| enabled != 0);
    let address = |enable, host, port| {
        let port = number(&proxies, port).and_then(|port| u32::try_from(port).ok())?;
        is(enable).then_some((text(&proxies, host)?, port))
    };
    Some(MacValues {
        script: is("ProxyAutoConfigEnable") || is("ProxyAutoDiscoveryEnable"),
        https: address("HTTPSEnable", "HTTPSProxy", "HTTPSPort"),
        socks: address("SOCKSEnable", "SOCKSProxy", "SOCKSPort"),
        exceptions: texts(&proxies, "ExceptionsList"),
        simple_names_direct: is("ExcludeSimpleHostnames"),
    })
}

type Proxies = CFDictionary<CFString, CFType>;

fn number(proxies: &Proxies, key: &'static str) -> Option<i32> {
    proxies.find(CFString::from_static_string(key))?.downcast::<CFNumber>()?.to_i32()
}

fn text(proxies: &Proxies, key: &'static str) -> Option<String> {
    Some(proxies.find(CFString::from_static_string(key))?.downcast::<CFString>()?.to_string())
}

fn texts(proxies: &Proxies, key: &'static str) -> Vec<String> {
    let list = proxies.find(CFString::from_static_string(key)).and_then(|list| list.downcast::<CFArray>());
    let Some(list) = list else { return Vec::new() };
    // The array is untyped; each element keeps its own type, which is asked for.
    #[allow(unsafe_code, reason = "elements of a CFArray from a property list are Core Foundation objects")]
    let elements = list.iter().map(|element| unsafe { CFType::wrap_under_get_rule(*element) });
    elements.filter_map(|element| element.downcast::<CFString>()).map(|text| text.to_string()).collect()
}
