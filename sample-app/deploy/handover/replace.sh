#!/bin/sh
# Starts the sample, or replaces the running one without a gap: replace.sh sample-app.jar [more of its command line]
# Returns when the new process serves, or with 1 if it did not get ready; the running one serves on then. More in docs/hand-over.md
run=${RUN_DIRECTORY:-/run/sample-app}
env --default-signal=INT,QUIT "${JAVA:-java}" -jar "$@" --graceful.handover.path="$run/handover.sock" \
  --graceful.supervisor.file.path="$run/ready" >> "$run/sample-app.log" 2>&1 < /dev/null &
new=$!
until [ "$(cat "$run/ready" 2> /dev/null)" = "$new" ]; do
  kill -0 "$new" 2> /dev/null || { echo "process $new did not get ready, see $run/sample-app.log" >&2; exit 1; }
  sleep 0.2
done
echo "process $new serves"
