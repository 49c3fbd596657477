/**
 * The errors of the REST client.
 *
 * @module
 */
export { FactoryMapError } from "./factory_map_error.ts";
export { HttpAuthenticationError } from "./http_authentication_error.ts";
export { HttpClientError } from "./http_client_error.ts";
export { HttpCouldNotVerifyServerError } from "./http_could_not_verify_server_error.ts";
export { HttpNetworkError } from "./http_network_error.ts";
export { HttpNotFoundError } from "./http_not_found_error.ts";
export { HttpPermissionError } from "./http_permission_error.ts";
export { HttpRateLimitError } from "./http_rate_limit_error.ts";
export { HttpServerError } from "./http_server_error.ts";
export { HttpTimeoutError } from "./http_timeout_error.ts";
export { HttpValidationError } from "./http_validation_error.ts";
export { ImproperlyConfigured } from "./improperly_configured.ts";
export { RestBaseException } from "./rest_base_exception.ts";
export { RestHttpBaseException } from "./rest_http_base_exception.ts";
export type { HttpErrorDetails } from "./rest_http_base_exception.ts";
