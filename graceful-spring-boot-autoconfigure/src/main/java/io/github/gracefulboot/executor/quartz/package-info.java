/**
 * Waits for running Quartz jobs and fires no further ones. Internal, and subject to
 * change.
 */
@NullMarked
package io.github.gracefulboot.executor.quartz;

import org.jspecify.annotations.NullMarked;
