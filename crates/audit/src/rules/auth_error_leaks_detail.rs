//! Flags answers that tell the text of an exception, a traceback, the environment or a token.

use facts::Facts;
use facts::answers::{AnswerKind, Leak, Told};
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fix::Fix;
use crate::fixes::style;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// The text of a caught exception (`str(e)`, an f-string with it, `e.args`), a traceback, a secret of the
    /// environment or the token itself in what a client is answered: the detail of an `HTTPException`, the content
    /// of a response, what a route or exception handler returns, also with status 200, the reason of a closed
    /// WebSocket. The text of a database's exception and values of the environment are critical.
    ///
    /// Logging it is right. So are exceptions of the project with texts of its own, a `ValueError` that the guarded
    /// code raises itself, `HTTPException` passed on, errors of validation (`e.errors()`), and code that runs in
    /// development only.
    ///
    /// ```python,finding
    /// import logging
    /// import os
    ///
    /// import jwt
    /// from fastapi import HTTPException
    ///
    /// logger = logging.getLogger(__name__)
    ///
    /// def get_claims(token: str) -> dict:
    ///     try:
    ///         return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    ///     except jwt.PyJWTError as e:
    ///         raise HTTPException(status_code=401, detail=f"Invalid token: {e}")
    /// ```
    ///
    /// ## Why it matters
    ///
    /// The text of an exception is written for developers. SQLAlchemy's holds the statement and its parameters, that
    /// of an HTTP client the addresses of internal services, that of a JWT library which check failed: expiry,
    /// audience, signature or algorithm.
    ///
    /// ## How it is exploited
    ///
    /// A client sends tokens that differ in one thing and reads which check each one fails. A request that breaks a
    /// constraint is answered `(psycopg2.errors.UniqueViolation) … [SQL: INSERT INTO users (email, hashed_password)
    /// … [parameters: …]`, with the names of columns and the stored hash.
    ///
    /// ## Use instead
    ///
    /// A text that is the same for every cause, and the cause in the log.
    ///
    /// ```python,fixed
    /// import logging
    /// import os
    ///
    /// import jwt
    /// from fastapi import HTTPException
    ///
    /// logger = logging.getLogger(__name__)
    ///
    /// def get_claims(token: str) -> dict:
    ///     try:
    ///         return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    ///     except jwt.PyJWTError as e:
    ///         logger.exception("get_claims failed")
    ///         raise HTTPException(status_code=401, detail="Could not validate credentials")
    /// ```
    ///
    /// ```python,ok
    /// import logging
    ///
    /// from fastapi import FastAPI, Request
    /// from fastapi.responses import JSONResponse
    ///
    /// logger = logging.getLogger(__name__)
    /// app = FastAPI()
    ///
    /// @app.exception_handler(Exception)
    /// async def on_error(request: Request, exc: Exception) -> JSONResponse:
    ///     logger.error("Unhandled error", exc_info=exc)
    ///     return JSONResponse(status_code=500, content={"detail": "Internal server error"})
    /// ```
    ///
    /// ## References
    ///
    /// - OWASP Error Handling Cheat Sheet: <https://cheatsheetseries.owasp.org/cheatsheets/Error_Handling_Cheat_Sheet.html>
    /// - RFC 6750, section 3.1, what a refused token is answered: <https://www.rfc-editor.org/rfc/rfc6750#section-3.1>
    /// - CWE-209: <https://cwe.mitre.org/data/definitions/209.html>
    pub(super) static RULE: Rule = Rule {
        name: "auth-error-leaks-detail",
        summary: "An answer tells clients the text of an exception, a traceback or a secret",
        severity: Severity::Warning,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 209,
        owasp: OwaspApi::SecurityMisconfiguration,
        checklist_item: Some(12),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for leak in &facts.leaks {
        let place = place(&leak.answer);
        let (severity, confidence, message) = match &leak.told {
            Told::Exception {
                name,
                types,
                is_database,
                may_be_own,
            } => {
                let caught = match types.is_empty() || types == name {
                    true => String::new(),
                    false => format!(" (`{types}`)"),
                };
                match is_database {
                    true => {
                        let text = format!("The text of the database's exception `{name}`{caught} is sent to clients");
                        let why = "with its statement, values and names";
                        (
                            Severity::Critical,
                            Confidence::High,
                            format!("{text} in {place}, {why}"),
                        )
                    }
                    false => {
                        let message =
                            format!("The text of the exception `{name}`{caught} is sent to clients in {place}");
                        let confidence = if *may_be_own {
                            Confidence::Medium
                        } else {
                            Confidence::High
                        };
                        (Severity::Warning, confidence, message)
                    }
                }
            }
            Told::Traceback => {
                let message = format!("A traceback is sent to clients in {place}");
                (Severity::Warning, Confidence::High, message)
            }
            Told::Environment { variable } => {
                let what = match variable {
                    Some(variable) => format!("`{variable}` of the environment"),
                    None => "The environment with its secrets".to_owned(),
                };
                let message = format!("{what} is sent to clients in {place}");
                (Severity::Critical, Confidence::High, message)
            }
            Told::Token { name } => {
                let message = format!("The credential `{name}` is repeated in {place}");
                (Severity::Warning, Confidence::Medium, message)
            }
        };
        let fix = fixed_text(facts, leak);
        let finding = context.report(leak.span, message);
        finding.severity(severity).confidence(confidence).fix(fix);
        finding.traces(leak.steps.iter().filter(|(at, _)| *at != leak.span).cloned());
    }
}

fn place(answer: &AnswerKind) -> String {
    match answer {
        AnswerKind::Exception { class } => format!("`{class}`"),
        AnswerKind::Response { class } => format!("`{class}`"),
        AnswerKind::Returned => "what is returned".to_owned(),
        AnswerKind::WebSocket { method } => format!("`{method}` of the WebSocket"),
    }
}

/// Says the same for every cause, and logs the cause where the file has a logger.
fn fixed_text(facts: &Facts<'_>, leak: &Leak) -> Option<Fix> {
    if !leak.is_text {
        return None;
    }
    let source = facts.text(leak.span.file);
    let text = match leak.status {
        Some(401) => "Could not validate credentials",
        Some(403) => "Not enough permissions",
        Some(404) => "Not found",
        Some(409) => "Conflict",
        Some(400 | 422) => "Invalid request",
        Some(429) => "Too many requests",
        Some(502..=504) => "Service unavailable",
        _ => "Internal server error",
    };
    let title = match leak.logging {
        Some(_) => format!("Answer \"{text}\" and log the exception"),
        None => format!("Answer \"{text}\""),
    };
    let mut fix = Fix::changes_behaviour(title).edit(leak.span, style::string_literal(source, text));
    if let Some(logging) = &leak.logging {
        let what = leak.function.as_ref().map_or("Request", |function| &function.name);
        let message = style::string_literal(source, &format!("{what} failed"));
        let indent = style::indent_at(source, logging.at);
        let line = format!("{}.exception({message})\n{indent}", logging.logger);
        fix = fix.insert(leak.span.file, logging.at, line);
    }
    Some(fix)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix, report};

    #[test]
    fn every_way_to_say_it() {
        check(
            r#"
            import traceback

            from fastapi import FastAPI, HTTPException, status
            from fastapi.responses import JSONResponse, PlainTextResponse

            app = FastAPI()

            @app.get("/a")
            def a(x: str):
                try:
                    work(x)
                except Exception as e:
                    raise HTTPException(status_code=500, detail=str(e))  # finding: auth-error-leaks-detail (warning, high, changes-behaviour)
                    #                                           ^^^^^^ auth-error-leaks-detail

            @app.get("/b")
            def b(x: str):
                try:
                    work(x)
                except Exception as e:
                    raise HTTPException(status.HTTP_400_BAD_REQUEST, f"Failed: {e}") from e  # finding: auth-error-leaks-detail (warning, high, fix)

            @app.get("/c")
            def c(x: str):
                try:
                    work(x)
                except Exception as err:
                    raise HTTPException(500, {"error": "failed", "reason": repr(err)})  # finding: auth-error-leaks-detail

            @app.get("/d")
            def d(x: str):
                try:
                    work(x)
                except Exception as err:
                    return {"success": False, "error": "Failed: " + str(err)}  # finding: auth-error-leaks-detail

            @app.get("/e")
            def e(x: str):
                try:
                    work(x)
                except Exception as error:
                    message = "Failed: %s" % error.args[0]
                    return JSONResponse(status_code=500, content={"detail": message})  # finding: auth-error-leaks-detail

            @app.get("/f")
            def f(x: str):
                try:
                    work(x)
                except Exception:
                    return PlainTextResponse(traceback.format_exc(), 500)  # finding: auth-error-leaks-detail

            @app.get("/g")
            def g(x: str):
                error = None
                try:
                    work(x)
                except Exception as exc:
                    error = f"{type(exc).__name__}: {exc}"
                return {"error": error}  # finding: auth-error-leaks-detail
            "#,
        );
    }

    #[test]
    fn said_to_the_log_alone() {
        check(
            r#"
            import logging
            import traceback

            from fastapi import FastAPI, HTTPException
            from fastapi.responses import JSONResponse

            app = FastAPI()
            logger = logging.getLogger(__name__)

            @app.get("/a")
            def a(x: str):
                try:
                    work(x)
                except Exception as e:
                    logger.exception("a failed: %s", e)
                    raise HTTPException(status_code=500, detail="Internal server error") from e

            @app.get("/b")
            def b(x: str):
                try:
                    work(x)
                except Exception as e:
                    logger.error(f"b failed: {e}\n{traceback.format_exc()}")
                    return {"success": False, "error": "failed", "kind": type(e).__name__}

            @app.get("/c")
            def c(x: str):
                try:
                    return {"result": work(x)}
                except HTTPException as e:
                    raise HTTPException(status_code=e.status_code, detail=e.detail)
                except Exception as e:
                    print(e)
                    raise HTTPException(status_code=404, detail=f"{x} not found")

            def helper(x):
                try:
                    return work(x)
                except Exception as e:
                    return {"error": str(e)}

            def job():
                logger.info(helper("x"))
            "#,
        );
    }

    #[test]
    fn exception_handlers() {
        check(
            r#"
            import traceback

            from fastapi import FastAPI, HTTPException, Request
            from fastapi.exceptions import RequestValidationError
            from fastapi.responses import JSONResponse
            from sqlalchemy.exc import IntegrityError
            from starlette.exceptions import HTTPException as StarletteHTTPException

            app = FastAPI()

            @app.exception_handler(Exception)
            async def on_error(request: Request, exc: Exception):
                return JSONResponse(status_code=500, content={"detail": str(exc)})  # finding: auth-error-leaks-detail (warning, high)

            @app.exception_handler(500)
            async def on_500(request, exc):
                tb = traceback.format_exception(type(exc), exc, exc.__traceback__)
                return JSONResponse({"trace": tb}, status_code=500)  # finding: auth-error-leaks-detail

            @app.exception_handler(IntegrityError)
            async def on_integrity_error(request: Request, exc: IntegrityError):
                return JSONResponse(status_code=409, content={"detail": str(exc.orig)})  # finding: auth-error-leaks-detail (critical, high)

            @app.exception_handler(RequestValidationError)
            async def on_validation_error(request: Request, exc: RequestValidationError):
                return JSONResponse(status_code=422, content={"detail": exc.errors(), "body": str(exc)})

            @app.exception_handler(StarletteHTTPException)
            async def on_http_error(request: Request, exc: StarletteHTTPException):
                return JSONResponse(status_code=exc.status_code, content={"detail": str(exc.detail)})

            async def on_value_error(request: Request, exc: ValueError):
                return JSONResponse(status_code=400, content={"detail": f"{exc}"})  # finding: auth-error-leaks-detail

            app.add_exception_handler(ValueError, on_value_error)

            @app.middleware("http")
            async def errors(request: Request, call_next):
                try:
                    return await call_next(request)
                except Exception as e:
                    return JSONResponse({"error": str(e)}, 500)  # finding: auth-error-leaks-detail
            "#,
        );
    }

    #[test]
    fn exceptions_of_the_project() {
        check(
            r#"
            #- app/errors.py
            class DomainError(Exception):
                def __init__(self, message: str):
                    self.message = message
                    super().__init__(message)

            class NotFound(DomainError):
                pass

            class Wrapped(Exception):
                pass
            #- app/service.py
            from app.errors import NotFound, Wrapped

            class UserService:
                def create(self, email: str):
                    if find(email):
                        raise ValueError("Email already registered")
                    return self.check(email)

                def check(self, email: str):
                    if not email:
                        raise PermissionError(f"{email} is not welcome")
                    raise NotFound("no such user")

                def load(self, email: str):
                    try:
                        return connect(email)
                    except OSError as e:
                        raise Wrapped(f"cannot load: {e}")
            #- app/main.py
            from fastapi import Depends, FastAPI, HTTPException, Request
            from fastapi.responses import JSONResponse

            from app.errors import DomainError, NotFound, Wrapped
            from app.service import UserService

            app = FastAPI()

            @app.post("/users")
            def create(email: str, service: UserService = Depends()):
                try:
                    return service.create(email)
                except NotFound as e:
                    raise HTTPException(404, detail=str(e))
                except ValueError as e:
                    raise HTTPException(400, detail=str(e))
                except PermissionError as e:
                    raise HTTPException(403, detail=str(e))

            @app.get("/numbers")
            def numbers(x: str):
                try:
                    return int(x)
                except ValueError as e:
                    raise HTTPException(400, detail=str(e))  # finding: auth-error-leaks-detail

            @app.get("/load")
            def load(email: str, service: UserService = Depends()):
                try:
                    return service.load(email)
                except Wrapped as e:
                    raise HTTPException(400, detail=str(e))  # finding: auth-error-leaks-detail (medium)

            @app.get("/unknown")
            def unknown(email: str, service=None):
                try:
                    return service.load(email)
                except ValueError as e:
                    raise HTTPException(400, detail=str(e))  # finding: auth-error-leaks-detail (medium)

            @app.exception_handler(DomainError)
            async def on_domain_error(request: Request, exc: DomainError):
                return JSONResponse(status_code=400, content={"detail": exc.message, "text": str(exc)})
            "#,
        );
    }

    #[test]
    fn tokens() {
        check(
            r#"
            import os

            from fastapi import HTTPException, status
            from fastapi.security import HTTPAuthorizationCredentials
            from jose import JWTError, jwt

            credentials_error = HTTPException(401, "Could not validate credentials", headers={"WWW-Authenticate": "Bearer"})

            def claims(token: str):
                try:
                    return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except JWTError as e:
                    raise HTTPException(
                        status_code=status.HTTP_401_UNAUTHORIZED,
                        detail=f"Could not validate {token}: {e}",  # finding: auth-error-leaks-detail (high)
                        headers={"WWW-Authenticate": "Bearer"},
                    )

            def quiet(token: str):
                try:
                    return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except JWTError:
                    raise credentials_error

            def login(user):
                return {"access_token": jwt.encode({"sub": user.id, "exp": later()}, os.environ["BETTER_AUTH_SECRET"], algorithm="HS256"), "token_type": "bearer"}

            def check(credentials: HTTPAuthorizationCredentials, token_id: int):
                if not credentials:
                    raise HTTPException(401, f"Token {token_id} is unknown")
                raise HTTPException(401, detail="Bad token " + credentials.credentials)  # finding: auth-error-leaks-detail (medium)
            "#,
        );
    }

    #[test]
    fn environment_and_database() {
        check(
            r#"
            import os
            import sqlite3

            from fastapi import FastAPI, HTTPException
            from sqlalchemy.exc import NoResultFound, SQLAlchemyError

            from config import settings

            app = FastAPI()

            @app.get("/health")
            def health():
                try:
                    connect()
                except SQLAlchemyError as e:
                    return {"status": "down", "error": str(e)}  # finding: auth-error-leaks-detail (critical, high)
                except (sqlite3.Error, KeyError) as e:
                    raise HTTPException(503, f"database: {e}")  # finding: auth-error-leaks-detail (critical, high)
                except NoResultFound as e:
                    raise HTTPException(404, str(e))  # finding: auth-error-leaks-detail (warning)

            @app.get("/connect")
            def reconnect():
                if not connect():
                    raise HTTPException(500, f"cannot reach {os.environ['DATABASE_URL']}")  # finding: auth-error-leaks-detail (critical)
                if not connect():
                    raise HTTPException(500, f"cannot reach {settings.database_url}")  # finding: auth-error-leaks-detail (critical)
                raise HTTPException(500, f"{settings.project_name} in {os.environ['ENVIRONMENT']} is down")
            #- config.py
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                project_name: str = "Tasks"
                database_url: str

            settings = Settings()
            "#,
        );
    }

    #[test]
    fn through_services_and_helpers() {
        check(
            r#"
            #- service.py
            def process(x):
                try:
                    return {"ok": True, "value": compute(x)}
                except Exception as e:
                    return {"ok": False, "error": str(e)}  # finding: auth-error-leaks-detail

            def unrelated(x):
                try:
                    return compute(x)
                except Exception as e:
                    return {"ok": False, "error": str(e)}  # ok
            #- errors.py
            from fastapi import HTTPException

            class ServerError(HTTPException):
                def __init__(self, detail: str):
                    super().__init__(status_code=500, detail=detail)

            def fail(message: str):
                raise HTTPException(status_code=500, detail=message)
            #- main.py
            from fastapi import FastAPI

            from errors import ServerError, fail
            from service import process

            app = FastAPI()

            @app.get("/a")
            def a(x: str):
                result = process(x)
                return result

            @app.get("/b")
            def b(x: str):
                try:
                    work(x)
                except Exception as e:
                    raise ServerError(str(e))  # finding: auth-error-leaks-detail (fix)

            @app.get("/c")
            def c(x: str):
                try:
                    work(x)
                except Exception as e:
                    fail(str(e))  # finding: auth-error-leaks-detail (fix)
                fail("nothing to do")
            "#,
        );
    }

    /// `exceptions` may be anything; most likely the project's.
    #[test]
    fn exceptions_that_are_not_followed() {
        check(
            r#"
            from fastapi import HTTPException
            from .errors import TaskError

            STATUS = {TaskError: 404}

            def guarded(work):
                try:
                    return work()
                except TaskError as e:
                    raise HTTPException(400, detail=str(e))
                except tuple(STATUS.keys()) as e:
                    raise HTTPException(STATUS[type(e)], detail=str(e))
            "#,
        );
    }

    #[test]
    fn websockets() {
        check(
            r#"
            from fastapi import FastAPI, WebSocket, WebSocketException

            app = FastAPI()

            @app.websocket("/ws")
            async def ws(websocket: WebSocket, token: str):
                try:
                    await work(websocket)
                except KeyError as e:
                    await websocket.close(code=1008, reason=str(e))  # finding: auth-error-leaks-detail
                except OSError as e:
                    await websocket.send_json({"error": f"{e}"})  # finding: auth-error-leaks-detail
                except Exception as e:
                    raise WebSocketException(1011, reason=str(e))  # finding: auth-error-leaks-detail
                finally:
                    await websocket.close(code=1000, reason="bye")
                    await store.close(1, reason="x")
            "#,
        );
    }

    #[test]
    fn response_models_and_development() {
        check(
            r#"
            from fastapi import FastAPI, Request
            from fastapi.responses import JSONResponse
            from pydantic import BaseModel

            from config import settings

            app = FastAPI()

            class Problem(BaseModel):
                title: str
                detail: str

            @app.get("/a")
            def a(x: str) -> Problem:
                try:
                    work(x)
                except Exception as e:
                    return Problem(title="failed", detail=str(e))  # finding: auth-error-leaks-detail

            @app.get("/b")
            def b(x: str):
                try:
                    work(x)
                except Exception as e:
                    problem = Problem(title="failed", detail=str(e))
                    return JSONResponse(problem.model_dump(), 500)  # finding: auth-error-leaks-detail

            @app.exception_handler(Exception)
            async def on_error(request: Request, exc: Exception):
                if settings.DEBUG:
                    return JSONResponse({"detail": str(exc)}, 500)
                detail = str(exc) if settings.environment == "local" else "Internal server error"
                return JSONResponse({"detail": detail}, 500)
            #- config.py
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                DEBUG: bool = False
                environment: str = "local"

            settings = Settings()
            "#,
        );
    }

    #[test]
    fn fixes() {
        check_fix(
            &RULE,
            r#"
            import logging

            from fastapi import FastAPI, HTTPException, status

            app = FastAPI()
            logger = logging.getLogger(__name__)

            @app.get("/a")
            def a(x: str):
                try:
                    work(x)
                except PermissionError as e:
                    raise HTTPException(status_code=status.HTTP_403_FORBIDDEN, detail=f"Not you: {e}") from e  # finding: auth-error-leaks-detail
                except KeyError as e:
                    logger.warning("no key")
                    raise HTTPException(404, str(e)) from e  # finding: auth-error-leaks-detail
                except Exception as e:
                    return {
                        "ok": False,
                        "error": str(e),  # finding: auth-error-leaks-detail
                    }
            "#,
            r#"
            import logging

            from fastapi import FastAPI, HTTPException, status

            app = FastAPI()
            logger = logging.getLogger(__name__)

            @app.get("/a")
            def a(x: str):
                try:
                    work(x)
                except PermissionError as e:
                    logger.exception("a failed")
                    raise HTTPException(status_code=status.HTTP_403_FORBIDDEN, detail="Not enough permissions") from e
                except KeyError as e:
                    logger.warning("no key")
                    raise HTTPException(404, "Not found") from e
                except Exception as e:
                    logger.exception("a failed")
                    return {
                        "ok": False,
                        "error": "Internal server error",
                    }
            "#,
        );
    }

    #[test]
    fn messages() {
        let report = report(
            r#"
            from fastapi import HTTPException
            from sqlalchemy.exc import SQLAlchemyError

            def f():
                try:
                    work()
                except SQLAlchemyError as e:
                    raise HTTPException(500, str(e))
                except (OSError, EOFError) as e:
                    raise HTTPException(500, str(e))
            "#,
        );
        let messages: Vec<&str> = report.findings.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "The text of the database's exception `e` (`SQLAlchemyError`) is sent to clients in `HTTPException`, \
                 with its statement, values and names",
                "The text of the exception `e` (`(OSError, EOFError)`) is sent to clients in `HTTPException`",
            ]
        );
    }

    #[test]
    fn tests_may_do_as_they_like() {
        check(
            r#"
            #- tests/test_a.py
            from fastapi import HTTPException

            def test_a():
                try:
                    work()
                except Exception as e:
                    raise HTTPException(500, str(e))
            "#,
        );
    }

    #[test]
    fn variables_that_are_no_secret_and_answers_that_tell_none() {
        check(
            r#"
            import os

            from fastapi import FastAPI, HTTPException

            app = FastAPI()
            CHARACTERS = os.environ["PASSWORD_SPECIAL_CHARS"]
            DATABASE = os.environ["DATABASE_URL"]

            @app.get("/a")
            def a():
                raise HTTPException(400, f"use one of {CHARACTERS}")  # ok

            @app.get("/b")
            def b():
                raise HTTPException(500, f"cannot reach {DATABASE}")  # finding: auth-error-leaks-detail (critical)

            @app.get("/ready")
            def ready():
                checks = {"openai": bool(os.environ.get("OPENAI_API_KEY"))}
                raise HTTPException(503, detail=checks)  # ok

            @app.get("/not-ready")
            def not_ready():
                checks = {"openai": os.environ.get("OPENAI_API_KEY")}
                raise HTTPException(503, detail=checks)  # finding: auth-error-leaks-detail (critical)
            "#,
        );
    }

    #[test]
    fn headers_of_answers() {
        check(
            r#"
            from fastapi import FastAPI, HTTPException
            from fastapi.responses import JSONResponse
            app = FastAPI()
            def work(): ...
            @app.get("/health/a")
            def a():
                try:
                    return work()
                except Exception as error:
                    raise HTTPException(500, "failed", headers={"X-Error": str(error)})  # finding: auth-error-leaks-detail
            @app.get("/health/b")
            def b():
                try:
                    return work()
                except Exception as error:
                    return JSONResponse({"detail": "failed"}, status_code=500, headers={"X-Error": f"{error!r}"})  # finding: auth-error-leaks-detail
            @app.get("/health/c")
            def c():
                try:
                    return work()
                except Exception as error:
                    raise HTTPException(500, "failed", headers={"X-Error": "work"}) from error  # ok
            "#,
        );
    }
}
