import { usageError } from '../usage-error.ts';

/** The service's address without a slash at its end; what has no scheme is taken as https. */
export function serviceUrl(text: string): string {
  const complete = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  const url = URL.canParse(complete) ? new URL(complete) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash)
    throw usageError(`${text} is no address of a service; write e.g. https://wms.example.org`);
  return url.href.replace(/\/+$/, '');
}

/** Whether a token sent there could be read on the way. */
export function isOpenToReaders(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
