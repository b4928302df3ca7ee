//! Flags libraries for tokens that nobody mends any more.

use report::{OwaspApi, Phase, Severity};

use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// Imports of libraries for JSON Web Tokens that are not, or hardly, maintained: python-jose (`jose`),
    /// `authlib.jose`, python_jwt and fastapi-jwt-auth. Said once for each library, at its first import outside of
    /// tests; the other imports are related. The rest of Authlib, its OAuth clients above all, is maintained.
    ///
    /// ```python,finding
    /// from jose import JWTError, jwt
    /// ```
    ///
    /// ## Why it matters
    ///
    /// - python-jose had no release from 2021 to 2025, while CVE-2024-33663 (key confusion) and CVE-2024-33664 (a
    ///   token that unpacks to gigabytes) were public. It still accepts an empty key and, without `algorithms`,
    ///   whatever the token says.
    /// - `authlib.jose` gave way to joserfc, by the same author, and leaves the check of `exp` to the caller.
    /// - python_jwt is archived. CVE-2022-39227 let anybody change the claims of a signed token.
    /// - fastapi-jwt-auth needs PyJWT 1, whose decode takes any algorithm when none is named.
    ///
    /// ## How it is exploited
    ///
    /// The next hole in the library stays open while the attacker reads its report. One of the past, for python_jwt
    /// before 3.3.4, a token with two payloads, of which one was verified and the other used:
    ///
    /// ```text
    /// {"  <header>.<forged payload>.":"","protected":"<header>","payload":"<real payload>","signature":"<real>"}
    /// ```
    ///
    /// ## Use instead
    ///
    /// PyJWT, or joserfc for encryption and key sets.
    ///
    /// ```python,ok
    /// import jwt
    /// from jwt import InvalidTokenError
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-1395, dependency on a vulnerable third-party component: <https://cwe.mitre.org/data/definitions/1395.html>
    /// - FastAPI moved its documentation from python-jose to PyJWT: <https://github.com/fastapi/fastapi/pull/11589>
    /// - Authlib, migration to joserfc: <https://jose.authlib.org/en/migrations/authlib/>
    /// - CVE-2022-39227, python_jwt: <https://github.com/davedoesdev/python-jwt/security/advisories/GHSA-5p8v-58qm-c7fp>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-library-unmaintained",
        summary: "A library for tokens is not maintained",
        severity: Severity::Suggestion,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 1395,
        owasp: OwaspApi::SecurityMisconfiguration,
        checklist_item: None,
        fixable: false,
        supersedes: &[],
        check,
    };
}

/// Imports that are shown with a finding.
const SHOWN: usize = 6;

fn check(context: &mut RuleContext<'_>) {
    for import in context.facts().unmaintained_imports() {
        let library = import.library;
        let Some((&first, others)) = import.places.split_first() else {
            continue;
        };
        let message = format!("{} {}; use {}", library.name, library.state, library.instead);
        let finding = context.report(first, message);
        for &other in others.iter().take(SHOWN) {
            finding.related(other, "imported here, too");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn imports() {
        check(
            r#"
            #- a.py
            from jose import JWTError, jwt  # finding: jwt-library-unmaintained (suggestion, high)
            #    ^^^^ jwt-library-unmaintained
            from jose.exceptions import ExpiredSignatureError  # ok
            #- b.py
            import python_jwt as jwt  # finding: jwt-library-unmaintained
            #- c.py
            from authlib.jose import JsonWebToken  # finding: jwt-library-unmaintained
            #- d.py
            from jose import jwt  # ok
            #- e.py
            try:
                from fastapi_jwt_auth import AuthJWT  # finding: jwt-library-unmaintained
            except ImportError:
                AuthJWT = None
            "#,
        );
    }

    #[test]
    fn other_ways_to_import() {
        check(
            r#"
            #- a.py
            import fastapi, jose.jwt  # finding: jwt-library-unmaintained
            #- b.py
            from authlib import jose  # finding: jwt-library-unmaintained
            #- c.py
            def read(token):
                import python_jwt  # finding: jwt-library-unmaintained
                return python_jwt
            "#,
        );
    }

    #[test]
    fn maintained_libraries() {
        check(
            r#"
            import jwt  # ok
            from joserfc import jwt as tokens  # ok
            from authlib.integrations.starlette_client import OAuth  # ok
            from jwcrypto import jwk  # ok
            josephine = "jose"  # ok
            "#,
        );
    }

    #[test]
    fn modules_of_the_project_and_tests() {
        check(
            r#"
            #- jose/__init__.py
            #- jose/jwt.py
            def decode(token):
                return token
            #- main.py
            from jose import jwt  # ok
            from jose.jwt import decode  # ok
            #- tests/test_tokens.py
            import python_jwt  # ok
            "#,
        );
    }

    #[test]
    fn members_of_another_name() {
        check(
            r#"
            from .jose import jwt  # ok
            from app.jose import jwt as other  # ok
            import app.authlib.jose  # ok
            "#,
        );
    }
}
