/**
 * Programs as real processes that get real signals. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.test.process;

import org.jspecify.annotations.NullMarked;
