//! The scratch server of a run: started when it is first needed, stopped at the end.

use crate::db::{Scratch, ScratchError, ScratchOptions, ServerInfo, Session};

use super::DoorError;

/// A scratch server that starts by itself.
#[derive(Debug)]
pub struct Bench {
    options: ScratchOptions,
    scratch: Option<Scratch>,
    /// A session whose database is empty again.
    spare: Option<Session>,
    used: Option<ServerInfo>,
}

impl Bench {
    /// A bench on which no server runs yet.
    pub fn new(options: ScratchOptions) -> Self {
        Self { options, scratch: None, spare: None, used: None }
    }

    /// Asks for a server of this major, if none runs yet.
    pub fn want_major(&mut self, major: Option<u32>) {
        self.options.major = major.or(self.options.major);
    }

    /// The server, started if it was not.
    pub async fn scratch(&mut self) -> Result<&mut Scratch, ScratchError> {
        let scratch = match self.scratch.take() {
            Some(scratch) => scratch,
            None => Scratch::start(&self.options).await?,
        };
        Ok(self.scratch.insert(scratch))
    }

    /// A session on an empty database. On a server with one connection it takes the one before out of service.
    pub async fn fresh(&mut self) -> Result<Session, DoorError> {
        if let Some(spare) = self.spare.take() {
            return Ok(spare);
        }
        Ok(self.scratch().await?.fresh().await?)
    }

    /// Takes back a session whose database is as empty as it was: the next one who asks gets it, and no time is lost
    /// on a new database.
    pub fn give_back(&mut self, session: Session) {
        self.spare = Some(session);
    }

    /// Stops the server, if one runs. What it leaves behind is removed in any case, at the latest by the next run.
    pub async fn stop(&mut self) {
        self.spare = None;
        if let Some(scratch) = self.scratch.take() {
            self.used = Some(scratch.server().clone());
            let _ = scratch.stop().await;
        }
    }

    /// Which server the bench used, if it used any.
    pub fn server(&self) -> Option<&ServerInfo> {
        self.scratch.as_ref().map(Scratch::server).or(self.used.as_ref())
    }
}
