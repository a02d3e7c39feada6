use polder_platform::store::Engine;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row};

/// Databases of one test: files in its folder, or two in PostgreSQL that go when the test is over.
pub(crate) struct Databases {
    /// For `database.url`.
    pub(crate) data: String,
    /// For `keys.url`.
    pub(crate) keys: String,
    made: Option<(String, Vec<String>)>,
}

impl Databases {
    pub(crate) async fn make(engine: Engine) -> Self {
        if engine == Engine::Sqlite {
            return Self { data: "sqlite".into(), keys: "sqlite".into(), made: None };
        }
        let admin = std::env::var("POLDER_TEST_POSTGRES_URL").expect(
            "POLDER_TEST_POSTGRES_URL is not set: `cargo xtask test` starts a PostgreSQL and sets it",
        );
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&admin).await.expect("POLDER_TEST_POSTGRES_URL answers");
        let mut unique = [0; 8];
        aws_lc_rs::rand::fill(&mut unique).unwrap();
        let unique = hex::encode(unique);
        let names: Vec<_> = ["data", "keys"].map(|kind| format!("polder_{unique}_{kind}")).into();
        for name in &names {
            sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))
                .execute(&mut connection)
                .await
                .unwrap();
        }
        connection.close().await.unwrap();
        let url = |name: &String| {
            let mut url = url::Url::parse(&admin).expect("POLDER_TEST_POSTGRES_URL is a URL");
            url.set_path(name);
            url.to_string()
        };
        Self { data: url(&names[0]), keys: url(&names[1]), made: Some((admin, names)) }
    }
}

impl Drop for Databases {
    fn drop(&mut self) {
        let Some((admin, names)) = self.made.take() else { return };
        let drop_all = async move {
            let mut connection = AnyConnection::connect(&admin).await?;
            for name in names {
                let statement = AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"));
                sqlx::raw_sql(statement).execute(&mut connection).await?;
            }
            connection.close().await
        };
        // Dropping is no place to wait in a runtime that may be ending.
        let dropped = std::thread::spawn(|| {
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(drop_all)
        });
        if let Ok(Err(error)) = dropped.join() {
            eprintln!("the test's databases stay behind: {error}");
        }
    }
}

/// Every value of every table of a PostgreSQL database, as text (bytes in hexadecimal and as they are).
pub(crate) async fn everything(url: &str) -> Vec<u8> {
    let mut connection = AnyConnection::connect(url).await.unwrap();
    let tables =
        sqlx::query("SELECT CAST(tablename AS TEXT) AS name FROM pg_tables WHERE schemaname = 'public'")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    assert!(!tables.is_empty());
    let mut found = Vec::new();
    for table in tables {
        let table: String = table.get("name");
        let columns = sqlx::query(
            "SELECT CAST(column_name AS TEXT) AS name, CAST(data_type AS TEXT) AS kind
             FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1",
        )
        .bind(table.as_str())
        .fetch_all(&mut connection)
        .await
        .unwrap();
        for column in columns {
            let (name, kind): (String, String) = (column.get("name"), column.get("kind"));
            let bytes = kind == "bytea";
            let expression = if bytes { format!("\"{name}\"") } else { format!("CAST(\"{name}\" AS TEXT)") };
            let statement = format!("SELECT {expression} AS value FROM \"{table}\"");
            for row in sqlx::query(AssertSqlSafe(statement)).fetch_all(&mut connection).await.unwrap() {
                if bytes {
                    found.extend(row.get::<Option<Vec<u8>>, _>("value").unwrap_or_default());
                } else {
                    found.extend(row.get::<Option<String>, _>("value").unwrap_or_default().into_bytes());
                }
                found.push(b'\n');
            }
        }
    }
    connection.close().await.unwrap();
    found
}
