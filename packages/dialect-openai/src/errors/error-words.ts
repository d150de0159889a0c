import type { ErrorCode } from '@jackfield/core'

/** Codes and types of OpenAI and of providers that took its protocol over, in lower case. They say more than the status. */
export const errorWords: Readonly<Record<string, ErrorCode>> = {
  context_length_exceeded: 'context_length_exceeded',
  context_window_exceeded: 'context_length_exceeded',
  exceed_context_size_error: 'context_length_exceeded', // llama.cpp
  content_filter: 'content_filtered',
  content_policy_violation: 'content_filtered',
  responsibleaipolicyviolation: 'content_filtered', // azure
  data_inspection_failed: 'content_filtered', // dashscope
  safety_check_failed: 'content_filtered', // zenmux
  model_not_found: 'upstream_model_unavailable',
  model_not_available: 'upstream_model_unavailable',
  model_not_supported: 'upstream_model_unavailable',
  invalid_model: 'upstream_model_unavailable',
  deploymentnotfound: 'upstream_model_unavailable', // azure
  unsupported_country_region_territory: 'upstream_model_unavailable',
  insufficient_quota: 'upstream_quota_exhausted',
  insufficient_balance: 'upstream_quota_exhausted',
  insufficient_credit: 'upstream_quota_exhausted',
  insufficient_credits: 'upstream_quota_exhausted',
  billing_hard_limit_reached: 'upstream_quota_exhausted',
  billing_not_active: 'upstream_quota_exhausted',
  exceeded_current_quota_error: 'upstream_quota_exhausted', // moonshot
  arrearage: 'upstream_quota_exhausted', // dashscope
  invalid_api_key: 'upstream_credentials_rejected',
  invalid_authentication_error: 'upstream_credentials_rejected',
  authentication_error: 'upstream_credentials_rejected',
  account_deactivated: 'upstream_credentials_rejected',
  rate_limit_exceeded: 'upstream_rate_limited',
  rate_limit_error: 'upstream_rate_limited',
  rate_limit_reached_error: 'upstream_rate_limited', // moonshot
  rate_limit: 'upstream_rate_limited',
  too_many_requests: 'upstream_rate_limited',
  overloaded: 'upstream_overloaded',
  overloaded_error: 'upstream_overloaded',
  engine_overloaded: 'upstream_overloaded',
  engine_overloaded_error: 'upstream_overloaded',
  server_is_overloaded: 'upstream_overloaded',
  service_unavailable: 'upstream_overloaded',
}
