import { JsonPatch } from 'cdk8s';
import type { ApiObject } from 'cdk8s';
import fc from 'fast-check';
import { keepWhole } from '../../lib/private/whole-object';
import { buildObject, objectCase } from '../support/generated-classes';
import type { ObjectCase } from '../support/generated-classes';
import { newChart } from '../support/manifests';

const make = (one: ObjectCase) => buildObject(newChart(), one);

/** As a class that lets nothing through would write it. */
const bytes = (object: ApiObject) => JSON.stringify(object.toJson());

test('3000 objects of which nothing is unknown are, byte for byte, what their classes make of them', () => {
  fc.assert(
    fc.property(objectCase({ withUnknown: false }), (one) => {
      expect(bytes(keepWhole(make(one)))).toBe(bytes(make(one)));
    }),
    { numRuns: 3000 },
  );
});

test('what a class does not know is written as it was given, at any depth', () => {
  fc.assert(
    fc.property(objectCase({ withUnknown: true }), (one) => {
      expect(keepWhole(make(one)).toJson()).toEqual({
        apiVersion: expect.any(String),
        kind: expect.any(String),
        metadata: { name: 'object' },
        ...one.json,
      });
    }),
    { numRuns: 500 },
  );
});

test('so is what a JSON patch adds', () => {
  fc.assert(
    fc.property(objectCase({ withUnknown: false }), fc.jsonValue(), fc.nat(), (one, value, place) => {
      const object = keepWhole(make(one));
      const paths = structPaths(one.props);
      const path = paths[place % paths.length]!;
      object.addJsonPatch(JsonPatch.add(`${path}/later`, value));
      expect(JSON.stringify(object.toJson())).toContain(JSON.stringify({ later: value }).slice(1, -1));
    }),
    { numRuns: 500 },
  );
});

/** JSON pointers to all plain objects. */
function structPaths(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => structPaths(item, `${path}/${index}`));
  if (typeof value !== 'object' || value?.constructor !== Object) return [];
  return [path, ...Object.entries(value).flatMap(([key, item]) => structPaths(item, `${path}/${escaped(key)}`))];
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
