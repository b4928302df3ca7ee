//! The registry: every rule, by name.
//!
//! Written by the test `registry_is_up_to_date` from the files in `rules/`. Do not edit.

mod admin_route_without_role_check;
mod auth_bypass_left_in;
mod auth_called_manually;
mod auth_error_leaks_detail;
mod auth_exception_not_raised;
mod auth_fails_open;
mod auth_failure_not_401;
mod auth_missing_www_authenticate;
mod check_after_side_effect;
mod cors_wildcard_origin;
mod cors_wildcard_with_credentials;
mod cross_request_user_state;
mod debug_enabled;
mod dependency_not_declared;
mod duplicated_token_verification;
mod hardcoded_credential;
mod identity_not_used;
mod inconsistent_auth_errors;
mod ineffective_owner_check;
mod insecure_auth_cookie;
mod jwks_insecure_fetch;
mod jwt_algorithm_confusion;
mod jwt_algorithms_not_pinned;
mod jwt_audience_issuer_not_verified;
mod jwt_excessive_lifetime;
mod jwt_expiry_not_enforced;
mod jwt_expiry_not_required;
mod jwt_hardcoded_secret;
mod jwt_issued_without_expiry;
mod jwt_library_unmaintained;
mod jwt_none_algorithm;
mod jwt_secret_env_name;
mod jwt_secret_fallback;
mod jwt_secret_may_be_missing;
mod jwt_secret_per_process;
mod jwt_sensitive_claims;
mod jwt_signature_not_verified;
mod jwt_subject_not_checked;
mod jwt_token_type_confusion;
mod jwt_untrusted_key_source;
mod jwt_weak_secret;
mod list_without_owner_filter;
mod login_user_enumeration;
mod mass_assignment;
mod middleware_path_bypass;
mod object_without_owner_check;
mod owner_from_request_body;
mod password_not_hashed;
mod path_user_mismatch_unchecked;
mod python_boolean_in_query;
mod remote_session_verification;
mod response_exposes_sensitive_fields;
mod role_from_client;
mod route_without_auth;
mod scheme_without_verification;
mod session_auth_mixed_with_jwt;
mod sql_injection;
mod table_model_as_body;
mod timing_unsafe_compare;
mod token_from_unsafe_location;
mod token_or_secret_logged;
mod unjustified_ignore_comment;
mod user_id_from_client;
mod weak_password_hash;

use crate::rule::Rule;

#[rustfmt::skip]
pub(crate) static ALL: &[&Rule] = &[
    &admin_route_without_role_check::RULE,
    &auth_bypass_left_in::RULE,
    &auth_called_manually::RULE,
    &auth_error_leaks_detail::RULE,
    &auth_exception_not_raised::RULE,
    &auth_fails_open::RULE,
    &auth_failure_not_401::RULE,
    &auth_missing_www_authenticate::RULE,
    &check_after_side_effect::RULE,
    &cors_wildcard_origin::RULE,
    &cors_wildcard_with_credentials::RULE,
    &cross_request_user_state::RULE,
    &debug_enabled::RULE,
    &dependency_not_declared::RULE,
    &duplicated_token_verification::RULE,
    &hardcoded_credential::RULE,
    &identity_not_used::RULE,
    &inconsistent_auth_errors::RULE,
    &ineffective_owner_check::RULE,
    &insecure_auth_cookie::RULE,
    &jwks_insecure_fetch::RULE,
    &jwt_algorithm_confusion::RULE,
    &jwt_algorithms_not_pinned::RULE,
    &jwt_audience_issuer_not_verified::RULE,
    &jwt_excessive_lifetime::RULE,
    &jwt_expiry_not_enforced::RULE,
    &jwt_expiry_not_required::RULE,
    &jwt_hardcoded_secret::RULE,
    &jwt_issued_without_expiry::RULE,
    &jwt_library_unmaintained::RULE,
    &jwt_none_algorithm::RULE,
    &jwt_secret_env_name::RULE,
    &jwt_secret_fallback::RULE,
    &jwt_secret_may_be_missing::RULE,
    &jwt_secret_per_process::RULE,
    &jwt_sensitive_claims::RULE,
    &jwt_signature_not_verified::RULE,
    &jwt_subject_not_checked::RULE,
    &jwt_token_type_confusion::RULE,
    &jwt_untrusted_key_source::RULE,
    &jwt_weak_secret::RULE,
    &list_without_owner_filter::RULE,
    &login_user_enumeration::RULE,
    &mass_assignment::RULE,
    &middleware_path_bypass::RULE,
    &object_without_owner_check::RULE,
    &owner_from_request_body::RULE,
    &password_not_hashed::RULE,
    &path_user_mismatch_unchecked::RULE,
    &python_boolean_in_query::RULE,
    &remote_session_verification::RULE,
    &response_exposes_sensitive_fields::RULE,
    &role_from_client::RULE,
    &route_without_auth::RULE,
    &scheme_without_verification::RULE,
    &session_auth_mixed_with_jwt::RULE,
    &sql_injection::RULE,
    &table_model_as_body::RULE,
    &timing_unsafe_compare::RULE,
    &token_from_unsafe_location::RULE,
    &token_or_secret_logged::RULE,
    &unjustified_ignore_comment::RULE,
    &user_id_from_client::RULE,
    &weak_password_hash::RULE,
];
