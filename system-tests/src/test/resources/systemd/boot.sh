#!/bin/sh
# Becomes systemd, as PID 1 of its own namespaces. Nothing that it writes is the machine's: /run, /tmp, /var and /opt are
# empty file systems in memory that end with the namespace, and all else is read-only but DIRECTORY.
# Usage: boot.sh DIRECTORY JAVA_HOME JAR
set -eu
directory=$1 java_home=$2 jar=$3

# Where the services find what the tests give them, wherever it is outside
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/tests/java
mount --bind "$java_home" /run/tests/java
mkdir /run/tests/application
mount --bind "$(dirname "$jar")" /run/tests/application
mkdir /run/tests/directory
mount --bind "$directory" /run/tests/directory

mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t tmpfs -o mode=755 tmpfs /var
mkdir -p /var/lib /var/log /var/cache
mkdir -m 1777 /var/tmp
mount -t tmpfs -o mode=755 tmpfs /opt
mkdir /opt/sample-app
ln -s "/run/tests/application/$(basename "$jar")" /opt/sample-app/sample-app.jar
# Where the manifest of an unpacked application says that its libraries are
ln -s /run/tests/application/lib /opt/sample-app/lib
mount -o remount,bind,ro /
mount --bind -o ro /proc/sys /proc/sys

umount -R /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
touch /run/tests/directory/console.log
[ ! -e /dev/console ] || mount --bind /run/tests/directory/console.log /dev/console

exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin container=other \
  SYSTEMD_UNIT_PATH=/run/tests/directory/units SYSTEMD_GENERATOR_PATH=/run/tests/no-generators SYSTEMD_LOG_TARGET=console \
  "$(command -v systemd || echo /usr/lib/systemd/systemd)" --system --unit=tests.target
