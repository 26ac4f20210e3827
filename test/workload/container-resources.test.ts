import { Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { ContainerResources } from '../../lib';
import type { ContainerLimits } from '../../lib';

const LIMITS: Required<ContainerLimits> = {
  cpu: Cpu.units(2),
  memory: Size.gibibytes(1),
  ephemeralStorage: Size.mebibytes(100),
};

test('sets aside what a container may use, and lets it have idle processors', () => {
  expect(ContainerResources.of(LIMITS)).toEqual({
    requests: { cpu: { value: '2' }, memory: { value: '1Gi' }, 'ephemeral-storage': { value: '100Mi' } },
    limits: { memory: { value: '1Gi' }, 'ephemeral-storage': { value: '100Mi' } },
  });
});

test('sets aside a tenth of a processor unless told otherwise', () => {
  const { memory, ephemeralStorage } = LIMITS;
  expect(ContainerResources.of({ memory, ephemeralStorage }).requests).toMatchObject({ cpu: { value: '100m' } });
});

// A limit of 0 is taken by the server, and kills the container at once.
test('refuses sizes that are none', () => {
  expect(() => ContainerResources.of({ memory: Size.mebibytes(0), ephemeralStorage: Size.kibibytes(0.5) })).toThrow(
    new Error(
      'ContainerResources.of:\n' +
        `- 'memory' must be a whole number of KiB above 0, got "0Mi": write it as Size.gibibytes(32)\n` +
        `- 'ephemeralStorage' must be a whole number of KiB above 0, got "0.5Ki": write it as Size.gibibytes(32)`,
    ),
  );
});
