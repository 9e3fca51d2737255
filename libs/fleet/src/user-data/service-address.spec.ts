import { WmsError } from '@pilotfish/model';
import { describe, expect, it } from 'vitest';
import { serviceAddress } from './service-address.ts';

describe('serviceAddress', () => {
  it.each([
    ['https://wms.example.org/', 'https://wms.example.org'],
    ['https://wms.example.org:8443/pilotfish/', 'https://wms.example.org:8443/pilotfish'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://localhost:8080/', 'http://localhost:8080'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ])('takes %s', (text, address) => {
    expect(serviceAddress(text)).toBe(address);
  });

  it.each(['http://wms.example.org', 'http://10.0.0.7:8080', 'http://127.0.0.1.example.org', 'http://0.0.0.0:1'])(
    'refuses %s, because it is neither https nor loopback',
    (text) => {
      expect(() => serviceAddress(text)).toThrow(/must be https/);
    },
  );

  it('does not repeat credentials in its refusal', () => {
    const refuse = () => serviceAddress('https://ada:hunter2@wms.example.org');
    expect(refuse).toThrow(WmsError);
    expect(refuse).not.toThrow(/hunter2/);
  });

  it.each(['', 'wms.example.org', 'ftp://wms.example.org', 'https://wms.example.org/?token=1'])(
    'refuses “%s”',
    (text) => {
      expect(() => serviceAddress(text)).toThrow(WmsError);
    },
  );
});
