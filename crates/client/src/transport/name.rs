use std::io;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The system's name look-up, with an error that can be told from every other by its type.
#[derive(Debug)]
pub(super) struct SystemResolver;

/// The name is unknown, or no name server answered.
#[derive(Debug, thiserror::Error)]
#[error("the name could not be looked up")]
pub(super) struct NameUnknown(#[source] Option<io::Error>);

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            match found.map(Iterator::collect::<Vec<_>>) {
                Ok(addresses) if addresses.is_empty() => Err(NameUnknown(None).into()),
                Ok(addresses) => Ok(Box::new(addresses.into_iter()) as Addrs),
                Err(error) => Err(NameUnknown(Some(error)).into()),
            }
        })
    }
}
