/**
 * What a page may load: only what this server serves. Next starts its pages by inline scripts: they have the nonce, which
 * is another one for each answer. Its development server evaluates code. Styles are written into the page by the
 * libraries that draw it.
 */
export function contentPolicy(nonce: string, dev: boolean): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'${dev ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
