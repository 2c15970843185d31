/**
 * Load that is bounded in count and time, and what became of it. Internal, and subject to
 * change.
 */
@NullMarked
package io.github.gracefulboot.test.load;

import org.jspecify.annotations.NullMarked;
