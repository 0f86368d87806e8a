//! Who may publish, and who may read.

use sse_kit::RequestHead;
use sse_kit::session::Refusal;
use subtle::ConstantTimeEq;

/// The tokens; without one, anybody may.
#[derive(Default)]
pub(super) struct Access {
    pub(super) publish: Option<String>,
    pub(super) subscribe: Option<String>,
}

impl Access {
    pub(super) fn may_publish(&self, request: &RequestHead) -> Result<(), Refusal> {
        check(
            self.publish.as_deref(),
            &[bearer(request), query_token(request)],
        )
    }

    /// A browser's `EventSource` sends no header of its own, but cookies.
    pub(super) fn may_read(&self, request: &RequestHead) -> Result<(), Refusal> {
        let given = [bearer(request), query_token(request), cookie(request)];
        check(self.subscribe.as_deref(), &given)
    }
}

fn check(token: Option<&str>, given: &[Option<String>]) -> Result<(), Refusal> {
    let Some(token) = token else {
        return Ok(());
    };
    let mut given = given.iter().flatten();
    // How long it takes says nothing about how much of it was right.
    if given.any(|given| given.as_bytes().ct_eq(token.as_bytes()).into()) {
        return Ok(());
    }
    let refusal =
        Refusal::unauthorized("a token is needed: Authorization: Bearer …, or ?token=…\n");
    Err(refusal
        .challenge("Bearer")
        .unwrap_or_else(|_| Refusal::unauthorized("")))
}

fn bearer(request: &RequestHead) -> Option<String> {
    let value = std::str::from_utf8(request.headers.get("authorization")?).ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}

fn query_token(request: &RequestHead) -> Option<String> {
    parameter(request, "token")
}

fn cookie(request: &RequestHead) -> Option<String> {
    let cookies = std::str::from_utf8(request.headers.get("cookie")?).ok()?;
    cookies
        .split(';')
        .find_map(|cookie| Some(cookie.trim().strip_prefix("sse_token=")?.to_owned()))
}

/// A parameter of the query; the first, if there are several.
pub(super) fn parameter(request: &RequestHead, name: &str) -> Option<String> {
    let query = request.query().unwrap_or_default();
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    parameters
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(target: &str, headers: &[(&str, &str)]) -> RequestHead {
        RequestHead::new("GET", target, headers.iter().copied())
    }

    #[test]
    fn a_token_is_taken_from_where_a_client_can_put_it() {
        let access = Access {
            publish: Some("p".to_owned()),
            subscribe: Some("s".to_owned()),
        };
        let by_header = request("/", &[("Authorization", "bearer s")]);
        let by_cookie = request("/", &[("Cookie", "a=b; sse_token=s")]);
        let by_query = request("/?stream=a&token=s", &[]);
        for request in [&by_header, &by_cookie, &by_query] {
            assert!(access.may_read(request).is_ok());
            assert!(access.may_publish(request).is_err());
        }
        for wrong in ["", "S", "s ", "ss", "p"] {
            let request = request(&format!("/?token={wrong}"), &[]);
            assert!(access.may_read(&request).is_err(), "{wrong:?}");
        }
        // A page elsewhere could have a browser send a cookie along.
        assert!(
            access
                .may_publish(&request("/", &[("Cookie", "sse_token=p")]))
                .is_err()
        );
        assert!(access.may_publish(&request("/?token=p", &[])).is_ok());
        assert!(Access::default().may_publish(&request("/", &[])).is_ok());
    }
}
