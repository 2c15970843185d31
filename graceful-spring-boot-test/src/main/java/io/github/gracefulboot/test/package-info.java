/**
 * Test kit that proves for an application of one's own, as a real process under real
 * signals and load, that its restarts lose nothing.
 */
@NullMarked
package io.github.gracefulboot.test;

import org.jspecify.annotations.NullMarked;
