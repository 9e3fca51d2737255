// A VM's way to the centre crosses networks nobody here controls, so plain HTTP is for one machine only.
import { type Flaw, WmsError } from '@pilotfish/model';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * The service's address as VMs get it, without a slash at its end.
 * @throws WmsError `bad-request` unless it is HTTPS, or HTTP to loopback, and carries no credentials, query or fragment.
 */
export function serviceAddress(text: string): string {
  const url = parsed(text);
  if (!url) throw refused(text, 'is not a URL; give it as https://host[:port][/path]');
  if (url.username || url.password || url.search || url.hash) {
    throw refused(url.origin, 'must have no credentials, query or fragment: VMs get it in readable user-data');
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname))) {
    throw refused(
      text,
      'must be https, because VMs reach it over networks you do not control; plain http is only for loopback. Start the service with TLS and give its https address',
    );
  }
  return url.href.replace(/\/+$/, '');
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function refused(address: string, detail: string): WmsError {
  const flaw: Flaw = { pointer: '/serviceUrl', detail };
  return new WmsError('bad-request', `The service address ${address} ${detail}.`, [flaw]);
}
