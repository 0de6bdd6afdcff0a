import { expect, test } from 'vitest';
import { workDirsOf } from '../../src/criu/callers.ts';

/** A command line, and the directories that CRIU works in when it runs. */
const COMMAND_LINES: readonly (readonly [string, readonly string[]])[] = [
  // CRIU: the work dir, in every spelling of getopt_long(3)
  ['criu dump -t 1 -D img -W work', ['work']],
  ['criu dump -t 1 -W work -D img', ['work']],
  ['criu dump -t 1 -Wwork -Dimg', ['work']],
  ['criu dump -t 1 --work-dir work --images-dir img', ['work']],
  ['criu dump -t 1 --work-dir=work --images-dir=img', ['work']],
  ['criu dump --work work', ['work']],
  ['criu dump --wo=work', ['work']],
  ['criu dump --im img', ['img']],
  ['criu -W work dump -t 1', ['work']],
  ['criu dump -RW work -t 1', ['work']],
  ['criu dump -RjlWwork', ['work']],
  ['criu dump -W a -W b', ['b']],
  ['criu dump --work-dir a -Wb --work-dir=c', ['c']],
  ['criu dump -W /var/lib/criu/4711', ['/var/lib/criu/4711']],
  ['criu dump -W ../x', ['../x']],
  ['criu dump --work-dir=a=b', ['a=b']],
  // else the images dir, else the current directory
  ['criu restore -d -D img', ['img']],
  ['criu pre-dump --images-dir img -t 1', ['img']],
  ['criu dump -t 1', ['.']],
  ['criu check', ['.']],
  ['criu', ['.']],
  ['criu dump -W', ['.']],
  ['criu dump --work-dir= -D img', ['img']],
  // values of other options are no options
  ['criu dump -o -W -D img', ['img']],
  ['criu dump -t -Dx -D img', ['img']],
  ['criu dump -r -Wroot -L -Wlib -D img', ['img']],
  ['criu dump -vW img', ['.']],
  ['criu dump -v4 -D img', ['img']],
  ['criu dump -vvvv -D img', ['img']],
  ['criu dump -xD -W work', ['work']],
  ['criu dump -oDump.log -D img', ['img']],
  // what follows -- is another command
  ['criu restore -D img --exec-cmd -- tool -W other', ['img']],
  ['criu restore -- -W other', ['.']],
  // by any path
  ['/usr/sbin/criu dump -W work', ['work']],
  ['./bin/criu dump -W work', ['work']],
  ['criu-ns dump -W work', ['work']],
  ['notcriu dump -W work', ['.']],
  ['criu.sh dump -W work', ['.']],
  // runc: options of Go's flag package
  ['runc checkpoint --work-path work --image-path img ctr', ['work']],
  ['runc checkpoint --image-path img ctr', ['img']],
  ['runc checkpoint --image-path=img --work-path=work ctr', ['work']],
  ['runc checkpoint -work-path work -image-path=img ctr', ['work']],
  ['runc checkpoint ctr --work-path work', ['work']],
  ['/usr/bin/runc checkpoint --work-path work ctr', ['work']],
  ['runc checkpoint ctr', ['checkpoint', '.']],
  ['runc restore ctr', ['checkpoint', '.']],
  ['runc restore -d --image-path img ctr', ['img']],
  ['runc restore --bundle b ctr', ['checkpoint', '.']],
  ['runc restore --bundle b --image-path img ctr', ['b/img']],
  ['runc restore -b b --work-path /abs --image-path img ctr', ['/abs']],
  ['runc restore -b=b --image-path img ctr', ['b/img']],
  ['runc --root /run/r checkpoint --work-path work ctr', ['work']],
  ['runc --root=/run/r --log l --log-format json --debug checkpoint --work-path work ctr', ['work']],
  ['runc --root checkpoint run --work-path work ctr', ['.']],
  ['runc --systemd-cgroup --rootless auto checkpoint --work-path work ctr', ['work']],
  ['runc --criu /opt/criu checkpoint --image-path img ctr', ['img']],
  ['runc run ctr', ['.']],
  ['runc exec ctr checkpoint --work-path work', ['.']],
  ['runc', ['.']],
  ['runc checkpoint -- --work-path work', ['checkpoint', '.']],
  // crun: options of argp, which may be cut short
  ['crun checkpoint --work-path work --image-path img ctr', ['work']],
  ['crun checkpoint --work=work ctr', ['work']],
  ['crun checkpoint --im img ctr', ['img']],
  ['crun --cgroup-manager cgroupfs --log-level debug checkpoint --image-path=img ctr', ['img']],
  ['crun checkpoint ctr', ['checkpoint', '.']],
  ['crun restore --bundle=b ctr', ['b/checkpoint', '.']],
  ['crun restore -b b --image-path img ctr', ['b/img']],
  ['crun restore -bb --image-path img ctr', ['b/img']],
  ['crun restore -db b --image-path img ctr', ['b/img']],
  ['crun restore -d --image-path img ctr', ['img']],
  ['crun checkpoint --bundle b --image-path img ctr', ['img']],
  // anything else works where it is
  ['./checkpoint-all.sh -W work', ['.']],
  ['podman container checkpoint ctr', ['.']],
  ['sh -c criu', ['.']],
];

test.each(COMMAND_LINES)('%s works in %j', (line, dirs) => {
  expect(workDirsOf(line.split(' '))).toEqual(dirs);
});

test('a directory of any name is taken as it is written', () => {
  expect(workDirsOf(['criu', 'dump', '-W', 'a b\n--\u202e'])).toEqual(['a b\n--\u202e']);
  expect(workDirsOf(['criu', 'dump', '-W', '-x'])).toEqual(['-x']);
  expect(workDirsOf(['criu', 'dump', '-W', '--'])).toEqual(['--']);
  expect(workDirsOf(['crun', 'checkpoint', '--work-path=a\nb', 'x'])).toEqual(['a\nb']);
  expect(workDirsOf([])).toEqual(['.']);
});
