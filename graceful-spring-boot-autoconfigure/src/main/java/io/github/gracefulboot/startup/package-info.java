/**
 * The core of a start: waits for the dependencies of the application before it listens.
 * Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.startup;

import org.jspecify.annotations.NullMarked;
