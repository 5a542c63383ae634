import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { gatewayAddress, isGatewayAddress } from './gateway-address.ts';

const listening = { host: '10.1.2.3', port: 8080 };

test.each([
  ['gateway-1', { host: 'gateway-1', port: 8080 }],
  ['gateway-1:9000', { host: 'gateway-1', port: 9000 }],
  ['10.9.8.7', { host: '10.9.8.7', port: 8080 }],
  ['10.9.8.7:9000', { host: '10.9.8.7', port: 9000 }],
  ['fd00::7', { host: 'fd00::7', port: 8080 }],
  ['[fd00::7]', { host: 'fd00::7', port: 8080 }],
  ['[fd00::7]:9000', { host: 'fd00::7', port: 9000 }],
])('GATEWAY_ADDRESS=%s is %j: without a port, the one that the gateway listens on', (given, expected) => {
  expect(isGatewayAddress(given)).toBe(true);
  expect(gatewayAddress(given, listening)).toEqual(expected);
});

test.each([
  '',
  ':8080',
  'gateway:',
  'gateway:0',
  'gateway:65536',
  'gateway:x',
  '[gateway]:80',
  '[fd00::7',
  'http://gateway:80',
  'a b',
])('GATEWAY_ADDRESS=%j is refused', (given) => expect(isGatewayAddress(given)).toBe(false));

test('without GATEWAY_ADDRESS, a gateway is reached where it listens', () => {
  expect(gatewayAddress(undefined, listening)).toEqual(listening);
});

test.each(['0.0.0.0', '::'])(
  'without GATEWAY_ADDRESS, a gateway that listens on %s is reached at the machine’s address',
  (host) => {
    const own = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
    const outward = own.filter(({ internal }) => !internal).map(({ address }) => address);
    const { host: chosen, port } = gatewayAddress(undefined, { host, port: 8080 });
    expect(outward.length > 0 ? outward : ['127.0.0.1']).toContain(chosen);
    expect(port).toBe(8080);
  },
);
