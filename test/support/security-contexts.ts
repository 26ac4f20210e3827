import type { k8s } from 'cdk8s-plus-27';
import fc from 'fast-check';

/** All fields in any mixture, most of which make sense. */
export function securityContext(): fc.Arbitrary<k8s.SecurityContext> {
  const names = fc.oneof(
    {
      weight: 20,
      arbitrary: fc.constantFrom(
        'NET_BIND_SERVICE',
        'CHOWN',
        'SYS_ADMIN',
        'DAC_OVERRIDE',
        'SETFCAP',
        'IPC_LOCK',
        'ALL',
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom('CAP_SYS_ADMIN', 'net_raw', 'TELEPORT') },
  );
  const list = fc.uniqueArray(names, { maxLength: 3 });
  const rarely = <T>(value: T, other: T) =>
    fc.oneof({ weight: 20, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: fc.constant(other) });
  const profile = fc.constantFrom<k8s.SeccompProfile>(
    { type: 'RuntimeDefault' },
    { type: 'Unconfined' },
    { type: 'Localhost', localhostProfile: 'profiles/server.json' },
    { type: 'Localhost' },
    { type: 'Unconfined', localhostProfile: 'x.json' },
  );
  const id = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 65535 }));
  return fc.record(
    {
      allowPrivilegeEscalation: fc.boolean(),
      capabilities: fc.record({ add: list, drop: list }, { requiredKeys: [], noNullPrototype: true }),
      privileged: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      procMount: rarely('Default', 'Unmasked'),
      readOnlyRootFilesystem: fc.boolean(),
      runAsGroup: id,
      runAsNonRoot: fc.boolean(),
      runAsUser: id,
      seLinuxOptions: fc.constant({ level: 's0:c1,c2' }),
      seccompProfile: profile,
    },
    { requiredKeys: [], noNullPrototype: true },
  );
}
