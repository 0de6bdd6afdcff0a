import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { leftoverName, plantLeftover } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { list, plant } from '../support/tree.ts';
import { inMountNamespace, quoted } from '../support/wrap.ts';

beforeEach((context) => need(context, 'root', 'namespaces'));

test('a candidate that is a mount of ours is kept as mounted and not entered, whatever is mounted there', async () => {
  const dir = scratch();
  const names = [0, 1, 2, 3].map(() => leftoverName('.criu.mntns.'));
  const [tmpfs, bind, itself, full] = names;
  plant(dir, [
    ...names.map((path) => ({ path: `work/${path}`, age: '2h' })),
    ...['source', 'full'].map((path) => ({ path, age: '2h' })),
  ]);
  const inside = plantLeftover(`${dir}/full`);
  const wrap = inMountNamespace(`cd ${quoted(`${dir}/work`)}
    mount -t tmpfs -o mode=0700 none ${tmpfs}
    touch -d '3 hours ago' ${tmpfs}
    mount --bind ../source ${bind}
    mount --bind ${itself} ${itself}
    mount --bind ../full ${full}`);
  const { report, code } = await sweep([`${dir}/work`], { wrap });
  const said = Object.entries(outcomes(report, `${dir}/work`)).filter(([name]) => name !== full);
  expect(Object.fromEntries(said)).toEqual(
    Object.fromEntries(names.slice(0, 3).map((name) => [name, 'kept: mounted'])),
  );
  const mounted = report.items.flatMap((item) => item.reasons.filter(({ why }) => why === 'mounted'));
  expect(mounted.map(({ where }) => where).sort()).toEqual(names.map((name) => `${dir}/work/${name}`).sort());
  expect(code).toBe(0);
  expect(list(`${dir}/work`)).toHaveLength(4);
  expect(list(`${dir}/full`)).toEqual([inside.slice(`${dir}/full/`.length)]);
});

test('a mount is said together with the other cheap reasons', async () => {
  const dir = scratch();
  const name = leftoverName('.criu.cgyard.');
  plant(dir, [{ path: name, age: '2h' }]);
  const wrap = inMountNamespace(`mount -t tmpfs -o mode=1777,uid=3 none ${quoted(`${dir}/${name}`)}`);
  const { report } = await sweep([dir], { wrap });
  expect(outcomes(report, dir)).toEqual({ [name]: 'kept: mode, mounted, owner, too-young' });
});

test('other file systems and bind mounts are entered with --cross-device alone', async () => {
  const dir = scratch();
  plant(dir, [{ path: 'work/tmpfs' }, { path: 'work/bind' }, { path: 'source' }]);
  const name = leftoverName();
  const wrap = inMountNamespace(`cd ${quoted(dir)}
    mount -t tmpfs none work/tmpfs
    mount --bind source work/bind
    mkdir -m 0700 work/tmpfs/${name} work/bind/${name}
    touch -d '2 hours ago' work/tmpfs/${name} work/bind/${name}`);
  const { report } = await sweep([`${dir}/work`], { wrap });
  expect(report.items).toEqual([]);
  expect(list(`${dir}/source`)).toEqual([name]);
  plant(dir, [{ path: 'source' }]);
  const again = inMountNamespace(`cd ${quoted(dir)}
    mount -t tmpfs none work/tmpfs
    mount --bind source work/bind
    mkdir -m 0700 work/tmpfs/${name}
    touch -d '2 hours ago' work/tmpfs/${name}`);
  const across = await sweep(['--cross-device', `${dir}/work`], { wrap: again });
  expect(outcomes(across.report, `${dir}/work`)).toEqual({
    [`tmpfs/${name}`]: 'removed',
    [`bind/${name}`]: 'removed',
  });
  expect(across.report.policy.crossDevice).toBe(true);
  expect(list(`${dir}/source`)).toEqual([]);
});

test('a mount that another one lies over shuts nothing: what is there now is searched, by a glob too', async () => {
  const dir = scratch();
  plant(dir, [{ path: 'bound/sub' }, { path: 'over/sub' }]);
  const name = leftoverName();
  const wrap = inMountNamespace(`cd ${quoted(dir)}
    mount -t tmpfs none bound/sub; mount --bind bound bound
    mount -t tmpfs none over/sub; mount -t tmpfs none over; mkdir over/sub
    mkdir -m 0700 bound/sub/${name} over/sub/${name}
    touch -d '2 hours ago' bound/sub/${name} over/sub/${name}`);
  const dry = await sweep(['--dry-run', `${dir}/bound/*`, `${dir}/over/*`], { wrap });
  expect(outcomes(dry.report, dir)).toEqual({
    [`bound/sub/${name}`]: 'would-remove',
    [`over/sub/${name}`]: 'would-remove',
  });
  const again = inMountNamespace(`cd ${quoted(dir)}
    mount -t tmpfs none bound/sub; mount --bind bound bound
    mount -t tmpfs none over/sub; mount -t tmpfs none over; mkdir over/sub
    mkdir -m 0700 over/sub/${name}
    touch -d '2 hours ago' over/sub/${name}`);
  const real = await sweep([`${dir}/bound`, `${dir}/over`], { wrap: again });
  expect(outcomes(real.report, dir)).toEqual({
    [`bound/sub/${name}`]: 'removed',
    [`over/sub/${name}`]: 'removed',
  });
  expect(list(`${dir}/bound/sub`)).toEqual([]);
});

test('a target that is a mount itself is swept', async () => {
  const dir = scratch();
  const name = leftoverName();
  const wrap = inMountNamespace(`cd ${quoted(dir)}; mount -t tmpfs none .; cd ${quoted(dir)}
    mkdir -m 0700 ${name}; touch -d '2 hours ago' ${name}`);
  const { report } = await sweep([dir], { wrap });
  expect(outcomes(report, dir)).toEqual({ [name]: 'removed' });
});

test('pseudo file systems are not entered even with --cross-device', async () => {
  const dir = scratch();
  plant(dir, [{ path: 'work/proc' }, { path: 'work/sys' }]);
  plantLeftover(`${dir}/work`);
  const wrap = inMountNamespace(`cd ${quoted(dir)}/work; mount -t proc none proc; mount -t sysfs none sys`);
  const { report, code } = await sweep(['--cross-device', '--dry-run', `${dir}/work`], { wrap });
  expect(code).toBe(0);
  expect(report.targets).toMatchObject([{ status: 'swept', directories: 1, entries: 3 }]);
  expect(report.summary).toMatchObject({ matched: 1, wouldRemove: 1 });
});
