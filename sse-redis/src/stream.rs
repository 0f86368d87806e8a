//! The commands, and what they answer.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redis::{
    Client, Connection, FromRedisValue, Pipeline, RedisError, RedisResult, Value, cmd,
    from_redis_value,
};
use sse_hub::log::Sequence;
use sse_hub::{Entry, NotRead, Record};

/// How long one look at the stream waits for more.
pub(crate) const BLOCK_TIME: Duration = Duration::from_secs(1);

/// A stream of Redis, and how to get there.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    pub(crate) client: Client,
    pub(crate) key: String,
    pub(crate) max_entries: u64,
    pub(crate) max_age: Option<Duration>,
    pub(crate) timeout: Duration,
}

/// Where a stream stands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Standing {
    /// The last place that was ever given.
    pub(crate) newest: Sequence,
    /// How many entries there ever were.
    pub(crate) added: u64,
    /// How many are not there any more.
    pub(crate) gone: u64,
    /// The oldest that is there.
    pub(crate) oldest: Option<Sequence>,
}

impl Stream {
    pub(crate) fn connect(&self) -> RedisResult<Connection> {
        let connection = self.client.get_connection_with_timeout(self.timeout)?;
        // A read that blocks takes so much longer.
        connection.set_read_timeout(Some(self.timeout + BLOCK_TIME))?;
        connection.set_write_timeout(Some(self.timeout))?;
        Ok(connection)
    }

    /// The last place that was given.
    pub(crate) fn newest(&self, connection: &mut Connection) -> RedisResult<Sequence> {
        Ok(self.standing(connection)?.newest)
    }

    pub(crate) fn standing(&self, connection: &mut Connection) -> RedisResult<Standing> {
        let info = cmd("XINFO").arg("STREAM").arg(&self.key).query(connection);
        standing(info)
    }

    /// Waits a while for entries behind a place.
    pub(crate) fn follow(
        &self,
        connection: &mut Connection,
        after: Sequence,
        limit: usize,
    ) -> RedisResult<Vec<Entry>> {
        let read: Value = cmd("XREAD")
            .arg("COUNT")
            .arg(limit)
            .arg("BLOCK")
            .arg(BLOCK_TIME.as_millis() as u64)
            .arg("STREAMS")
            .arg(&self.key)
            .arg(after.to_string())
            .query(connection)?;
        let mut streams: Vec<(Value, Value)> = match read {
            Value::Nil => return Ok(Vec::new()),
            read => from_redis_value(read)?,
        };
        match streams.pop() {
            Some((_, found)) => entries(found),
            None => Ok(Vec::new()),
        }
    }

    /// Up to so many entries behind a place.
    pub(crate) fn read_after(
        &self,
        connection: &mut Connection,
        after: Sequence,
        limit: usize,
    ) -> RedisResult<Result<Vec<Entry>, NotRead>> {
        // Both at once: nothing is trimmed in between.
        let mut pipeline = redis::pipe();
        pipeline.atomic().ignore_errors();
        pipeline.cmd("XINFO").arg("STREAM").arg(&self.key);
        pipeline
            .cmd("XRANGE")
            .arg(&self.key)
            .arg(format!("({after}"))
            .arg("+")
            .arg("COUNT")
            .arg(limit);
        let (info, found): (RedisResult<Value>, RedisResult<Value>) = pipeline.query(connection)?;
        let standing = standing(info)?;
        if after > standing.newest {
            return Ok(Err(NotRead::Future));
        }
        // Of a place before the oldest one nobody can say any more what came right behind it.
        let is_before = standing.oldest.is_none_or(|oldest| after < oldest);
        if standing.gone > 0 && is_before && after < standing.newest {
            return Ok(Err(NotRead::Trimmed));
        }
        Ok(Ok(entries(found?)?))
    }

    /// Adds the appending of a record to a pipeline.
    pub(crate) fn append(&self, pipeline: &mut Pipeline, record: &Record) {
        pipeline
            .cmd("XADD")
            .arg(&self.key)
            .arg("MAXLEN")
            .arg("~")
            .arg(self.max_entries)
            .arg("*")
            .arg(&record.topic)
            .arg(&record.block[..]);
    }

    /// Lets go of what is too old; nothing where any age will do.
    pub(crate) fn trim(&self, pipeline: &mut Pipeline) {
        let Some(age) = self.max_age else {
            return;
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let oldest = now.unwrap_or_default().saturating_sub(age);
        pipeline
            .cmd("XTRIM")
            .arg(&self.key)
            .arg("MINID")
            .arg("~")
            .arg(oldest.as_millis() as u64)
            .ignore();
    }
}

/// A stream that is not there yet is an empty one.
fn standing(info: RedisResult<Value>) -> RedisResult<Standing> {
    let info = match info {
        Ok(info) => info,
        Err(error)
            if error
                .detail()
                .is_some_and(|detail| detail.contains("no such key")) =>
        {
            return Ok(Standing::default());
        }
        Err(error) => return Err(error),
    };
    let info: HashMap<String, Value> = from_redis_value(info)?;
    let number = |name: &str| -> RedisResult<u64> {
        info.get(name)
            .map_or(Ok(0), |value| Ok(u64::from_redis_value_ref(value)?))
    };
    let place = |name: &str| -> RedisResult<Option<Sequence>> {
        let Some(value) = info.get(name) else {
            return Ok(None);
        };
        sequence(&String::from_redis_value_ref(value)?).map(Some)
    };
    let (length, added) = (number("length")?, number("entries-added")?);
    Ok(Standing {
        newest: place("last-generated-id")?.unwrap_or_default(),
        added,
        gone: added.saturating_sub(length),
        oldest: place("recorded-first-entry-id")?.filter(|_| length > 0),
    })
}

/// What `XREAD` and `XRANGE` give: an entry has one field, whose name is the topic, and whose value is the event. What
/// is no entry of a hub has no topic, and nobody follows it.
fn entries(found: Value) -> RedisResult<Vec<Entry>> {
    // Taken apart by hand, since whatever a node has to read goes through here.
    let unexpected = || RedisError::from((redis::ErrorKind::UnexpectedReturnType, "no entries"));
    let Value::Array(found) = found else {
        return Err(unexpected());
    };
    let entry = |entry: Value| match entry {
        Value::Array(parts) => match <[Value; 2]>::try_from(parts) {
            Ok([Value::BulkString(id), fields]) => Ok(Entry {
                sequence: sequence(&String::from_utf8_lossy(&id))?,
                record: record(fields).unwrap_or_default(),
            }),
            _ => Err(unexpected()),
        },
        _ => Err(unexpected()),
    };
    found.into_iter().map(entry).collect()
}

fn record(fields: Value) -> Option<Record> {
    let Value::Array(fields) = fields else {
        return None;
    };
    let Ok([Value::BulkString(topic), Value::BulkString(block)]) = <[Value; 2]>::try_from(fields)
    else {
        return None;
    };
    Some(Record {
        topic: String::from_utf8(topic).ok()?,
        block: block.into(),
    })
}

pub(crate) fn sequence(id: &str) -> RedisResult<Sequence> {
    let invalid =
        || RedisError::from((redis::ErrorKind::Parse, "an id that is none", id.to_owned()));
    id.parse().map_err(|_| invalid())
}
