/**
 * Shutdowns of application contexts without processes, under a clock that the test moves.
 */
@NullMarked
package io.github.gracefulboot.test.context;

import org.jspecify.annotations.NullMarked;
