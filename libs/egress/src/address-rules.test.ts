import { describe, expect, it } from 'vitest';
import { AddressRules, isNetwork } from './address-rules.ts';

const publicOnes = ['1.1.1.1', '93.184.216.34', '2606:4700:4700::1111', '2a00:1450:4001:81b::200e'];
const refused = {
  'this host': ['0.0.0.0', '0.1.2.3', '::'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  'private networks': ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12:3456::1'],
  'link-local addresses and metadata of clouds': [
    '169.254.169.254',
    '169.254.0.1',
    'fe80::1',
    'fd00:ec2::254',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
  ],
  'shared, reserved and documentation networks': [
    '100.64.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '240.0.0.1',
    '255.255.255.255',
    '2001:db8::1',
    '3fff::1',
    'fec0::1',
  ],
  multicast: ['224.0.0.1', '239.255.255.250', 'ff02::1'],
  'IPv4 within IPv6: mapped, compatible, NAT64, 6to4, Teredo': [
    '::ffff:127.0.0.1',
    '::ffff:1.1.1.1',
    '::ffff:0:127.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
  ],
  'text that is no address': ['', 'localhost', '127.1', '1.1.1.1:80', '1.1.1.1%eth0'],
};

describe('addresses that may be contacted', () => {
  const rules = new AddressRules([]);

  it('public unicast addresses are permitted', () => {
    expect(publicOnes.filter((address) => !rules.permits(address))).toEqual([]);
  });

  it.each(Object.entries(refused))('%s are refused', (_kind, addresses) => {
    expect(addresses.filter((address) => rules.permits(address))).toEqual([]);
  });

  it('the operator may permit networks and single addresses, and nothing beside them', () => {
    const own = new AddressRules(['10.1.0.0/16', '127.0.0.2', 'fd00:1::/32']);
    const cases = [
      '10.1.2.3',
      '127.0.0.2',
      'fd00:1::9',
      '10.2.0.1',
      '127.0.0.1',
      'fd00:2::9',
      '::ffff:10.1.2.3',
    ];
    expect(cases.map((address) => own.permits(address))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('a setting accepts addresses and networks alone', () => {
    expect(['10.0.0.0/8', '::1', '10.0.0.0/33', 'example.org', ''].map(isNetwork)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
