//! Libraries and services that vouch for an identity: what they give is verified.

/// A function, or the result of a dependency, that is only there for a verified client.
struct Verifier {
    path: &'static str,
    by: &'static str,
}

const VERIFIERS: &[Verifier] = &[
    verifier("fastapi_users.FastAPIUsers().current_user", "fastapi-users"),
    verifier("fastapi_jwt.JwtAccessBearer", "fastapi-jwt"),
    verifier("fastapi_jwt.JwtAccessBearerCookie", "fastapi-jwt"),
    verifier("fastapi_jwt.JwtAccessCookie", "fastapi-jwt"),
    verifier("fastapi_jwt.JwtRefreshBearer", "fastapi-jwt"),
    verifier("fastapi_jwt_auth.AuthJWT().get_jwt_subject", "fastapi-jwt-auth"),
    verifier("fastapi_jwt_auth.AuthJWT().get_raw_jwt", "fastapi-jwt-auth"),
    verifier("another_fastapi_jwt_auth.AuthJWT().get_jwt_subject", "fastapi-jwt-auth"),
    verifier("fastapi_jwt_auth.AuthJWT().jwt_required", "fastapi-jwt-auth"),
    verifier("fastapi_jwt_auth.AuthJWT().fresh_jwt_required", "fastapi-jwt-auth"),
    verifier(
        "fastapi_jwt_auth.AuthJWT().jwt_refresh_token_required",
        "fastapi-jwt-auth",
    ),
    verifier("another_fastapi_jwt_auth.AuthJWT().jwt_required", "fastapi-jwt-auth"),
    verifier("async_fastapi_jwt_auth.AuthJWT().jwt_required", "fastapi-jwt-auth"),
    verifier("async_fastapi_jwt_auth.AuthJWT().get_jwt_subject", "fastapi-jwt-auth"),
    verifier(
        "async_fastapi_jwt_auth.AuthJWT().jwt_refresh_token_required",
        "fastapi-jwt-auth",
    ),
    verifier("async_fastapi_jwt_auth.auth_jwt.AuthJWTBearer", "fastapi-jwt-auth"),
    verifier("fastapi_login.LoginManager", "fastapi-login"),
    verifier("fastapi_login.fastapi_login.LoginManager", "fastapi-login"),
    verifier("starlette.authentication.requires", "Starlette"),
    verifier("stripe.Webhook.construct_event", "Stripe"),
    verifier("svix.webhooks.Webhook().verify", "Svix"),
    verifier("twilio.request_validator.RequestValidator().validate", "Twilio"),
    verifier("supabase.acreate_client().auth.get_user", "Supabase"),
    verifier("supabase.create_async_client().auth.get_user", "Supabase"),
    verifier("supabase.AsyncClient().auth.get_user", "Supabase"),
    verifier("supabase.client.Client().auth.get_user", "Supabase"),
    verifier("gotrue.SyncGoTrueClient().get_user", "Supabase"),
    verifier("keycloak.KeycloakOpenID().introspect", "Keycloak"),
    verifier("keycloak.KeycloakOpenID().decode_token", "Keycloak"),
    verifier("keycloak.KeycloakOpenID().userinfo", "Keycloak"),
    verifier("fastapi_keycloak.FastAPIKeycloak().get_current_user", "Keycloak"),
    verifier("fastapi_azure_auth.SingleTenantAzureAuthorizationCodeBearer", "Azure"),
    verifier("fastapi_azure_auth.MultiTenantAzureAuthorizationCodeBearer", "Azure"),
    verifier("fastapi_clerk_auth.ClerkHTTPBearer", "Clerk"),
    verifier("fastapi_nextauth_jwt.NextAuthJWT", "NextAuth"),
    verifier("fastapi_third_party_auth.Auth().required", "the identity provider"),
    verifier("authx.AuthX().access_token_required", "AuthX"),
    verifier("authx.AuthX().get_current_subject", "AuthX"),
    verifier("firebase_admin.auth.verify_id_token", "Firebase"),
    verifier("firebase_admin.auth.verify_session_cookie", "Firebase"),
    verifier("supabase.create_client().auth.get_user", "Supabase"),
    verifier("supabase.Client().auth.get_user", "Supabase"),
    verifier("fastapi_cloudauth.cognito.CognitoCurrentUser", "Cognito"),
    verifier("fastapi_cloudauth.auth0.Auth0CurrentUser", "Auth0"),
    verifier("fastapi_cloudauth.firebase.FirebaseCurrentUser", "Firebase"),
    verifier("fastapi_auth0.Auth0().get_user", "Auth0"),
    verifier("google.oauth2.id_token.verify_oauth2_token", "Google"),
    verifier("google.oauth2.id_token.verify_firebase_token", "Firebase"),
    verifier("propelauth_fastapi.init_auth().require_user", "PropelAuth"),
    verifier("clerk_backend_api.jwks_helpers.authenticate_request", "Clerk"),
];

/// The last names of those that are called in a function's body.
pub(crate) const CALLED: [&str; 8] = [
    "get_jwt_subject",
    "get_raw_jwt",
    "jwt_required",
    "verify_id_token",
    "verify_session_cookie",
    "get_user",
    "verify_oauth2_token",
    "verify_firebase_token",
];

const fn verifier(path: &'static str, by: &'static str) -> Verifier {
    Verifier { path, by }
}

/// Who vouches for what a path gives, if anybody does.
pub(crate) fn vouched_for(path: &str) -> Option<&'static str> {
    let matches = |known: &str| {
        path.strip_prefix(known)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("()"))
    };
    VERIFIERS
        .iter()
        .find(|verifier| matches(verifier.path))
        .map(|verifier| verifier.by)
}

/// Functions that ask another server.
const HTTP_CLIENTS: &[&str] = &["httpx.", "requests.", "aiohttp.", "urllib3."];

/// Stores of keys and values.
const KEY_STORES: &[&str] = &[
    "redis.",
    "aioredis.",
    "fakeredis.",
    "pymemcache.",
    "aiocache.",
    "cachetools.",
];

pub(crate) fn is_http_client(path: &str) -> bool {
    HTTP_CLIENTS.iter().any(|client| path.starts_with(client))
}

pub(crate) fn is_key_store(path: &str) -> bool {
    KEY_STORES.iter().any(|store| path.starts_with(store))
}
