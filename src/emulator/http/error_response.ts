/** The error responses of the API: a service throws one, and the request handler sends it. */

/** A response that ends a request early. */
export class ErrorResponse extends Error {
  override name = "ErrorResponse";
  /** The HTTP status. */
  readonly status: number;
  /** The JSON body; `undefined` for HTML pages, see {@linkcode html}. */
  readonly body: unknown;
  /** Headers to add to the response. */
  readonly headers: Readonly<Record<string, string>>;
  /** The HTML page instead of JSON, if the proxy or the framework answers. */
  readonly html?: string;

  constructor(
    status: number,
    body: unknown,
    init: { headers?: Record<string, string>; html?: string } = {},
  ) {
    super(`Cannot serve the request: the response has status ${status}`);
    this.status = status;
    this.body = body;
    this.headers = init.headers ?? {};
    this.html = init.html;
  }
}

/** `{"detail": "..."}`: errors of the framework. */
export function detail(
  status: number,
  text: string,
  headers?: Record<string, string>,
): ErrorResponse {
  return new ErrorResponse(status, { detail: text }, { headers });
}

/** `{"field": ["..."]}`: what is wrong with the fields of a body. */
export function fieldErrors(fields: Record<string, string[]>): ErrorResponse {
  return new ErrorResponse(400, fields);
}

/** `["..."]`: errors that consist of a text only. */
export function listed(text: string): ErrorResponse {
  return new ErrorResponse(400, [text]);
}

/** `{"error": "..."}`: custom errors of the service. */
export function handMade(status: number, text: string): ErrorResponse {
  return new ErrorResponse(status, { error: text });
}

/** `"..."`: errors of login and user-info. */
export function bareText(status: number, text: string): ErrorResponse {
  return new ErrorResponse(status, text, status === 401 ? { headers: CHALLENGE } : {});
}

/** The challenge in every 401. */
export const CHALLENGE: Record<string, string> = { "WWW-Authenticate": 'JWT realm="api"' };

/** 401 for a request without credentials. */
export function notAuthenticated(): ErrorResponse {
  return detail(401, "Authentication credentials were not provided.", CHALLENGE);
}

/** 404 for a row that does not exist, or that this account cannot see. */
export function notFound(): ErrorResponse {
  return detail(404, "Not found.");
}

/** 403 for an action that this account may not do. */
export function forbidden(
  text = "You do not have permission to perform this action.",
): ErrorResponse {
  return detail(403, text);
}

/** The HTML page that the framework or the proxy returns. */
export function htmlPage(status: number, title: string, text = ""): ErrorResponse {
  return new ErrorResponse(status, undefined, {
    html:
      `<!doctype html>\n<html lang="en">\n<head>\n  <title>${title}</title>\n</head>\n<body>\n  <h1>${title}</h1><p>${text}</p>\n</body>\n</html>\n`,
  });
}

/** The page for a path that is not served. */
export function unknownPath(): ErrorResponse {
  return htmlPage(404, "Not Found", "The requested resource was not found on this server.");
}
