//! Topics that come and go, and the sets of them that are followed.

use alloc::borrow::ToOwned;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::config::Creation;
use super::error::{FollowError, TopicError};
use super::history::Log;
use super::set::SetId;

/// A topic, in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TopicInfo<'a> {
    /// Its name.
    pub name: &'a str,
    /// How many follow it.
    pub followers: usize,
    /// How many events are kept.
    pub events: usize,
    /// What they take, in bytes, with [their overhead](super::History::EVENT_OVERHEAD).
    pub bytes: usize,
    /// How many were ever appended.
    pub appended: u64,
}

impl Log {
    /// Creates a topic; says whether it is new.
    ///
    /// # Errors
    ///
    /// There are as many as there may be, or the name is too long.
    pub fn create(&mut self, topic: &str) -> Result<bool, TopicError> {
        let existed = self.exists(topic);
        self.created(topic)?;
        Ok(!existed)
    }

    pub(super) fn created(&mut self, name: &str) -> Result<u32, TopicError> {
        if let Some(number) = self.topics.find(name) {
            if let Some(topic) = self.topics.get_mut(number) {
                topic.exists = true;
            }
            return Ok(number);
        }
        let limit = self.config.max_name_bytes;
        if name.len() > limit {
            return Err(TopicError::NameTooLong { limit });
        }
        let limit = self.config.max_topics;
        if self.topics.len() >= limit {
            return Err(TopicError::TooMany { limit });
        }
        Ok(self.topics.insert(name))
    }

    /// Removes a topic with all its events; says whether it was there.
    ///
    /// Those who follow it miss what they have not read, and are told so. If it is created again, they follow it
    /// again; if none of their topics exists any more, reading says so.
    pub fn remove(&mut self, topic: &str) -> bool {
        let Some(number) = self.topics.find(topic) else {
            return false;
        };
        let Some(topic) = self.topics.get_mut(number) else {
            return false;
        };
        let existed = core::mem::replace(&mut topic.exists, false);
        self.clear(number);
        self.stir(number);
        self.topics.forget_if_gone(number);
        existed
    }

    /// Whether there is a topic of this name.
    #[must_use]
    pub fn exists(&self, topic: &str) -> bool {
        let found = self
            .topics
            .find(topic)
            .and_then(|number| self.topics.get(number));
        found.is_some_and(|topic| topic.exists)
    }

    /// The topics that exist, in no order.
    pub fn topics(&self) -> impl Iterator<Item = TopicInfo<'_>> {
        let existing = self.topics.iter().filter(|topic| topic.exists);
        existing.map(|topic| TopicInfo {
            name: &topic.name,
            followers: topic.followers,
            events: topic.ring.len(),
            bytes: topic.ring.weight(),
            appended: topic.ring.appended,
        })
    }

    /// Follows topics: the set of them, which is to be [unfollowed](Self::unfollow) as often as it was followed.
    ///
    /// A name that is there twice counts once.
    ///
    /// # Errors
    ///
    /// No topic, too many, or one that is not there and cannot be created. Then none is created.
    pub fn follow<T: AsRef<str>>(&mut self, topics: &[T]) -> Result<SetId, FollowError> {
        let mut names: Vec<&str> = topics.iter().map(AsRef::as_ref).collect();
        names.sort_unstable();
        names.dedup();
        let limit = self.config.max_topics_followed;
        match names.len() {
            0 => return Err(FollowError::NoTopics),
            len if len > limit => return Err(FollowError::TooMany { limit }),
            _ => self.check_names(&names)?,
        }
        let mut numbers = Vec::with_capacity(names.len());
        for name in names {
            numbers.push(self.created(name)?);
        }
        numbers.sort_unstable();
        let (id, is_new) = self.sets.follow(numbers.clone().into());
        for number in numbers {
            if let Some(topic) = self.topics.get_mut(number) {
                topic.followers += 1;
                if is_new {
                    topic.sets.insert(id.number());
                }
            }
        }
        Ok(id)
    }

    /// Whether all of these are there, or can be created.
    fn check_names(&self, names: &[&str]) -> Result<(), TopicError> {
        let creates = self.config.creation != Creation::Explicit;
        let mut created = 0;
        for name in names {
            if !creates && !self.exists(name) {
                return Err(TopicError::Unknown((*name).to_owned()));
            }
            if self.topics.find(name).is_some() {
                continue;
            }
            created += 1;
            let limit = self.config.max_name_bytes;
            if name.len() > limit {
                return Err(TopicError::NameTooLong { limit });
            }
        }
        let limit = self.config.max_topics;
        if self.topics.len() + created > limit {
            return Err(TopicError::TooMany { limit });
        }
        Ok(())
    }

    /// One follower of a set leaves; says whether it was the last one, and the set has ended. Where it is no set any
    /// more, nothing happens.
    pub fn unfollow(&mut self, set: SetId) -> bool {
        let Some((topics, ended)) = self.sets.unfollow(set) else {
            return false;
        };
        if ended {
            self.runs.forget(set);
        }
        for number in topics {
            let Some(topic) = self.topics.get_mut(number) else {
                continue;
            };
            topic.followers -= 1;
            if ended {
                topic.sets.remove(&set.number());
            }
            if topic.followers == 0 && self.config.creation == Creation::WhileFollowed {
                let name = Arc::clone(&topic.name);
                self.remove(&name);
            } else {
                self.topics.forget_if_gone(number);
            }
        }
        ended
    }

    /// The names of a set's topics.
    pub fn topics_of(&self, set: SetId) -> impl Iterator<Item = &str> {
        let topics = self.sets.get(set).map_or(&[][..], |set| &set.topics);
        self.topics.of(topics).map(|topic| &*topic.name)
    }
}
