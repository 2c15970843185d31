/**
 * The test kit as a program. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.test.cli;

import org.jspecify.annotations.NullMarked;
