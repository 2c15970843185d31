#!/bin/sh
# Runs a systemd in namespaces until the standard input ends, which it does even if the tests' JVM is killed.
# Usage: supervise.sh CGROUP boot.sh ...
cgroup=$1
shift
(
  # A new cgroup namespace has the cgroup as its root that the process is in. $$ would be the outer shell.
  sh -c 'echo "$PPID" > "$1/cgroup.procs"' - "$cgroup" || exit 1
  # The network is the machine's, so that the tests reach the services
  exec unshare --mount --mount-proc --pid --fork --kill-child --cgroup --ipc --uts --propagation private \
    sh "$@" < /dev/null
) &
unshare=$!
read -r _
kill -KILL "$unshare"
wait "$unshare" 2> /dev/null
# The last process of a cgroup may leave it a little later
for _ in 1 2 3 4 5 6 7 8 9 10; do
  find "$cgroup" -depth -type d -exec rmdir {} + 2> /dev/null
  [ ! -d "$cgroup" ] && exit 0
  sleep 0.1
done
echo "$cgroup is still there" >&2
exit 1
