import { expect, test } from 'vitest';
import { schemaOf } from '../support/inspection.ts';
import { factsOf } from './facts.ts';

interface DoctorReport {
  readonly criu: { readonly path: string; readonly version: string; readonly affected: boolean } | null;
  readonly appArmor: boolean;
  readonly checks: readonly { readonly id: string; readonly status: string; readonly message: string }[];
  readonly exitCode: number;
}

const facts = factsOf('leftovers');
const checked = schemaOf<DoctorReport>('doctor');
const doctor = (name: string): DoctorReport => checked(facts.json(name));
const check = (name: string, id: string) => doctor(name).checks.find((each) => each.id === id);

test.each(['doctor-clean', 'doctor', 'doctor-over', 'doctor-stale'])('%s finds CRIU and AppArmor', (name) => {
  expect(doctor(name)).toMatchObject({
    criu: { path: '/usr/sbin/criu', version: '3.17.1', affected: false },
    appArmor: true,
  });
  expect(doctor(name).exitCode).toBe(facts.kept(name).code);
});

test('it can look at every process and mount of a host', () => {
  for (const id of ['user', 'processes', 'hidepid', 'pid-namespace', 'mounts'])
    expect(check('doctor', id)?.status, id).toBe('ok');
});

test('it counts what lies in /tmp, as inspect does', () => {
  const there = facts.inspection('inspect').items.filter(({ path }) => path.startsWith('/tmp/')).length;
  expect(there).toBeGreaterThan(5);
  expect(check('doctor-clean', 'work-dirs')?.message).toBe('/tmp has no leftovers');
  expect(check('doctor', 'work-dirs')?.message).toBe(`/tmp has ${there} leftovers: ${there} kept`);
  expect(check('doctor-over', 'work-dirs')?.message).toBe('/tmp has no leftovers');
});

test('it finds the unfinished kernel-probe cache of a killed CRIU', () => {
  expect(check('doctor-over', 'kernel-probes')?.status).toBe('ok');
  expect(check('doctor-stale', 'kernel-probes')).toMatchObject({
    status: expect.not.stringMatching('ok'),
    message: expect.stringContaining('/run/.criu.kdat'),
  });
});
