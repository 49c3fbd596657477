/**
 * The errors of the REST client; FactoryMapError is in factory_map.ts.
 *
 * @module
 */
export {
  HttpAuthenticationError,
  HttpClientError,
  HttpCouldNotVerifyServerError,
  HttpNetworkError,
  HttpNotFoundError,
  HttpPermissionError,
  HttpRateLimitError,
  HttpServerError,
  HttpTimeoutError,
  ImproperlyConfigured,
} from "./named_errors.ts";
export { HttpValidationError } from "./http_validation_error.ts";
export { RestBaseException } from "./rest_base_exception.ts";
export { RestHttpBaseException } from "./rest_http_base_exception.ts";
export type { HttpErrorDetails } from "./rest_http_base_exception.ts";
