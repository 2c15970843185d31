/**
 * Waits for the tasks of executors and schedulers while everything they use is still
 * running. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.executor;

import org.jspecify.annotations.NullMarked;
