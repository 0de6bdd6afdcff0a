import { type Around, DUMP, HELD, killedDump } from './runs.ts';

/** CRIU below other programs, by another name, and in a work dir that only a configuration file names. */
export const BELOW: readonly Around[] = [
  killedDump('env', `-- env A=b criu dump ${DUMP} -W work`),
  killedDump('nice', `-- nice -n 5 criu dump ${DUMP} -W work`),
  killedDump('sudo', `-- sudo -n criu dump ${DUMP} -W work`),
  killedDump('timeout', `-- timeout 60 criu dump ${DUMP} -W work`),
  killedDump('strace', `-- strace -qq -o /dev/null criu dump ${DUMP} -W work`),
  killedDump('by another name', `-- ./criu-3.17 dump ${DUMP} -W work`, 'ln -s /usr/sbin/criu criu-3.17'),
  seenDump('a shell, seen while it lives', `-- sh -c "criu dump ${DUMP} -W work"`),
  seenDump(
    'a script that hides all, seen while it lives',
    '-- ./checkpoint',
    'printf "#!/bin/sh\\ncd $cell/work && criu dump -t $task -D ../images -v4 -o dump.log\\n" >checkpoint; chmod +x checkpoint',
  ),
  {
    ...killedDump(
      'killed for want of memory',
      '-- sh -c "echo \\$\\$ >/sys/fs/cgroup/small/cgroup.procs; exec criu dump -t $task -D images -W work -v4"',
      'echo +memory >/sys/fs/cgroup/cgroup.subtree_control; mkdir /sys/fs/cgroup/small',
    ),
    shim: HELD,
    meanwhile: 'sleep 3; echo 0 >/sys/fs/cgroup/small/memory.max',
  },
  killedDump('--config', `-- criu dump --config criu.conf ${DUMP}`, 'echo work-dir $cell/work >criu.conf'),
  killedDump(
    'CRIU_CONFIG_FILE',
    `-- criu dump ${DUMP}`,
    'echo work-dir $cell/work >criu.conf; export CRIU_CONFIG_FILE=$cell/criu.conf',
  ),
  killedDump(
    '$HOME/.criu/default.conf',
    `-- criu dump ${DUMP}`,
    'unset CRIU_CONFIG_FILE; mkdir -p /root/.criu; echo work-dir $cell/work >/root/.criu/default.conf',
  ),
  killedDump(
    '/etc/criu/default.conf',
    `-- criu dump ${DUMP}`,
    'rm -r /root/.criu; mkdir -p /etc/criu; echo work-dir $cell/work >/etc/criu/default.conf',
  ),
  killedDump(
    'a configuration file and a wrapper',
    `-- env A=b nice criu dump ${DUMP}`,
    'echo work-dir $cell/work >/etc/criu/default.conf',
  ),
  killedDump(
    'a configuration file that the command line outdoes',
    `-- criu dump ${DUMP} -W work`,
    'echo work-dir /run >/etc/criu/default.conf',
  ),
];

/** Killed as well, after it has lived for a moment: who looks now and then misses one that ends at once. */
function seenDump(name: string, words: string, first = ''): Around {
  return {
    ...killedDump(name, words, first),
    shim: HELD,
    meanwhile: 'sleep 3; pkill -KILL -x criu',
  };
}
