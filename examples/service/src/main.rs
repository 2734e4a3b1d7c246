//! `nexus-example-service DATABASE_URL`: runs the example and prints what came of it.

use std::process::ExitCode;

use nexus_example_service::run;
use sqlx::PgPool;

#[tokio::main]
async fn main() -> ExitCode {
    let Some(url) = std::env::args().nth(1).or_else(|| std::env::var("DATABASE_URL").ok()) else {
        eprintln!("usage: nexus-example-service DATABASE_URL");
        return ExitCode::from(2);
    };
    let outcome = match PgPool::connect(&url).await {
        Ok(pool) => run(pool).await,
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                eprintln!("  because: {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}
