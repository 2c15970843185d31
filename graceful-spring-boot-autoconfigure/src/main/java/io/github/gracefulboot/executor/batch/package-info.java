/**
 * Stops running jobs of Spring Batch at their next chunk. Internal, and subject to
 * change.
 */
@NullMarked
package io.github.gracefulboot.executor.batch;

import org.jspecify.annotations.NullMarked;
