use std::path::PathBuf;

use polder_platform::account::{self, Email, NewPerson, PersonName};
use polder_platform::domains::{self, SecondStep};
use polder_platform::projects::{self, NewProject};
use polder_platform::rights::OthersAccess;
use polder_wire::rights::Role;
use polder_wire::{DomainId, Language, ProjectId, Secret, UserId};
use serde_json::{Value, json};

use super::{Answer, Device, Stage, code};

pub(crate) const PASSWORD: &str = "correct horse battery staple";
pub(crate) const STREET: &str = "Aleksanterinkatu";

/// Somebody with an account.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) domain: DomainId,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) totp: Option<Vec<u8>>,
}

impl Stage {
    /// A domain with a manager of whom no test takes notice.
    pub(crate) async fn domain(&self, name: &str, second_step: SecondStep) -> DomainId {
        let email = format!("manager@{}.example", name.to_lowercase().replace(' ', "."));
        let manager = new_person("Merja Manager", &email, None);
        domains::add(&self.app, name, second_step, manager).await.unwrap().0
    }

    /// Somebody without a second step.
    pub(crate) async fn person(&self, domain: DomainId, name: &str, role: Role) -> Person {
        self.add(domain, name, role, None).await
    }

    /// Somebody whose second step is set up.
    pub(crate) async fn person_with_second_step(&self, domain: DomainId, name: &str, role: Role) -> Person {
        let mut key = vec![0; 20];
        aws_lc_rs::rand::fill(&mut key).unwrap();
        self.add(domain, name, role, Some(key)).await
    }

    async fn add(&self, domain: DomainId, name: &str, role: Role, totp: Option<Vec<u8>>) -> Person {
        let email = format!("{}@example.fi", name.to_lowercase().replace(' ', "."));
        let new = new_person(name, &email, totp.as_deref());
        let id = account::add(&self.app, domain, role, new).await.unwrap();
        Person { id, domain, email, name: name.to_owned(), totp }
    }

    /// A project of two layers. Its files' bytes are odd on purpose: they must come back as they are.
    pub(crate) async fn project(&self, owner: &Person, name: &str, others: OthersAccess) -> ProjectId {
        let file = self.project_files(name);
        let new = NewProject { domain: owner.domain, owner: owner.id, others, file };
        projects::import(&self.app, new).await.unwrap()
    }

    /// Writes the files of [`Stage::project`] and answers the describing one.
    pub(crate) fn project_files(&self, name: &str) -> PathBuf {
        let folder = self.folder.path().join("files");
        std::fs::create_dir_all(&folder).unwrap();
        for (file, bytes) in [("streets.geojson", streets()), ("trees.geojson", trees())] {
            std::fs::write(folder.join(file), bytes).unwrap();
        }
        let description = json!({
            "name": name, "description": "From the market to the station", "attribution": "© somebody",
            "layers": [
                { "id": "streets", "title": "Streets", "theme": "streets", "file": "streets.geojson" },
                { "id": "trees", "title": "Trees", "theme": "trees", "file": "trees.geojson" },
            ],
        });
        let path = folder.join("project.json");
        std::fs::write(&path, description.to_string()).unwrap();
        path
    }

    /// Signs in somebody who needs no second step, on a new device; answers device and grant.
    pub(crate) async fn signed_in(&self, person: &Person) -> (Device, Value) {
        let device = self.device();
        let answer = device.password(person, PASSWORD).await.good();
        assert_eq!(answer["step"], "done", "{answer}");
        (device, answer)
    }
}

impl Device {
    pub(crate) async fn password(&self, person: &Person, password: &str) -> Answer {
        let body = json!({ "email": person.email, "password": password, "stay": true });
        self.post("/api/v1/sign-in/password", &body).await
    }

    /// The ticket that comes after the password.
    pub(crate) async fn ticket(&self, person: &Person, step: &str) -> String {
        let answer = self.password(person, PASSWORD).await.good();
        assert_eq!(answer["step"], step, "{answer}");
        answer["ticket"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn code(&self, ticket: &str, code: &str) -> Answer {
        self.post("/api/v1/sign-in/code", &json!({ "ticket": ticket, "code": code })).await
    }

    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        self.post("/api/v1/session/refresh", &json!({ "refresh_token": token })).await
    }

    pub(crate) async fn me(&self, access: &str) -> Answer {
        self.get("/api/v1/me", access).await
    }
}

fn new_person(name: &str, email: &str, totp: Option<&[u8]>) -> NewPerson {
    NewPerson {
        email: Email::new(email).unwrap(),
        name: PersonName::new(name).unwrap(),
        language: Language::En,
        password: Some(Secret::new(PASSWORD)),
        second_step: totp.map(|key| Secret::new(code::base32(key))),
    }
}

/// A text of a JSON value.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}"))
}

pub(crate) fn streets() -> Vec<u8> {
    format!(
        "{{ \"type\":\"FeatureCollection\",\r\n  \"features\": [\n{{\"type\":\"Feature\",\"properties\":\
         {{\"name\":\"{STREET}\", \"lanes\": 2.50, \"highway\": \"tertiary\"}},\"geometry\":{{\"type\":\"LineString\",\"coordinates\":\
         [[24.94,60.168],[24.952,60.1690]]}}}}  ]\t}}\n\n"
    )
    .into_bytes()
}

pub(crate) fn trees() -> Vec<u8> {
    br#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":null,"geometry":{"type":"Point","coordinates":[24.93,60.17]}},{"type":"Feature","properties":{"species":"\u00e4\ud83c\udf33"},"geometry":null}]}"#.to_vec()
}
